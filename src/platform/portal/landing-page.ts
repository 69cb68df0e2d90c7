import type { UpstreamHealth } from './upstream-health.ts';

const HEADLINES: Readonly<Record<UpstreamHealth['state'], string>> = {
  ready: 'The platform is ready.',
  unavailable: 'The platform answers, but not everything it needs does.',
  unreachable: 'The platform does not answer.',
};

/** One page without scripts: whether the platform behind this portal works, as asked at this moment. */
export function renderLandingPage(health: UpstreamHealth): string {
  const rows = health.dependencies
    .map(
      ({ name, healthy, latencyMs }) =>
        `<tr><th scope="row">${escapeHtml(name)}</th><td>${healthy ? 'answers' : 'does not answer'}</td><td>${latencyMs.toFixed(1)} ms</td></tr>`,
    )
    .join('\n');
  const table =
    rows === ''
      ? ''
      : `<table><caption>What the platform needs</caption>
<thead><tr><th scope="col">Name</th><th scope="col">State</th><th scope="col">Latency</th></tr></thead>
<tbody>${rows}</tbody></table>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OptiInfra</title>
<style>
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5 }
body { max-width: 42rem; margin: 3rem auto; padding: 0 1rem }
table { border-collapse: collapse } th, td { padding: .25rem 1rem .25rem 0; text-align: left }
</style>
</head>
<body>
<main>
<h1>OptiInfra</h1>
<p role="status" data-state="${health.state}"><strong>${HEADLINES[health.state]}</strong> (${escapeHtml(health.detail)})</p>
${table}
<p>The API is at <code>/api</code>, its description at <a href="/api/openapi.json">/api/openapi.json</a>.</p>
</main>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
