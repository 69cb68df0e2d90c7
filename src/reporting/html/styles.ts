import { Markup } from './markup.ts';

/** Light is the default and the colours of paper; the other half answers `prefers-color-scheme`. Contrast is at least 4.5. */
const COLOURS = `
:root{--paper:#f6f7f9;--card:#fff;--ink:#16202c;--quiet:#566273;--rule:#d9dee5;--rail:#e9edf2;--link:#0b5cad;
--good:#12703c;--good-soft:#e2f4e9;--bad:#b3261e;--bad-soft:#fce8e6;--open:#8a5300;--open-soft:#fdf0d9;
--band:#5b6b8c;--line-0:#5e6a7c;--line-1:#0b5cad;--line-2:#8b3fb0;--reference:#b3261e;--hatch:#ffffffa6;
--on-demand-0:#27558c;--on-demand-1:#3f73b0;--on-demand-2:#6b97c8;--on-demand-3:#9bbadd;
--spot-0:#9a5b00;--spot-1:#c27a12;--spot-2:#dd9f45;--spot-3:#ecc384}
@media screen and (prefers-color-scheme:dark){:root{--paper:#0f141a;--card:#181f28;--ink:#e6ebf1;--quiet:#9aa8b8;--rule:#2e3947;--rail:#26303c;--link:#7db8ff;
--good:#5fd08b;--good-soft:#143322;--bad:#ff8f85;--bad-soft:#43201e;--open:#f2b85c;--open-soft:#3b2c12;
--band:#8fa3cc;--line-0:#9aa8b8;--line-1:#6fb1ff;--line-2:#d08cf0;--reference:#ff8f85;--hatch:#0f141a8c;
--on-demand-0:#3a6cab;--on-demand-1:#5486c4;--on-demand-2:#7aa5d8;--on-demand-3:#a5c4e8;
--spot-0:#b87414;--spot-1:#d08f33;--spot-2:#e3ad63;--spot-3:#f0cc98}}`;

const PAGE = `
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header.top,nav,main{max-width:1120px;margin:0 auto;padding:0 24px}
header.top{padding-top:28px}
h1{font-size:30px;line-height:1.2;margin:2px 0 6px;display:flex;flex-wrap:wrap;gap:8px 14px;align-items:center}
h1 .badge{font-size:17px;padding:4px 14px}
h2{font-size:20px;margin:0 0 10px}
h3{font-size:16px;margin:0;display:inline}
p{margin:0 0 10px}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
code,pre{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{overflow-wrap:anywhere}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:6px 0;padding:8px 10px;background:var(--rail);border-radius:6px}
.kicker,.quiet,figcaption p,caption{color:var(--quiet)}
.kicker{margin:0;font-size:13px}
.means{font-size:16px;color:var(--quiet)}
.skip{position:absolute;left:-9999px}
.skip:focus{left:8px;top:8px;background:var(--card);padding:6px 12px;border-radius:6px;z-index:2}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px;margin:18px 0 0;padding:10px 0;border-top:1px solid var(--rule);border-bottom:1px solid var(--rule);font-size:14px}
section{background:var(--card);border:1px solid var(--rule);border-radius:12px;padding:20px 22px;margin:20px 0;scroll-margin-top:12px}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(165px,1fr));gap:8px 20px;margin:14px 0 0}
.facts div{min-width:0}
.facts div:last-child{grid-column:1/-1}
dt{font-size:12px;color:var(--quiet)}
dd{margin:0;overflow-wrap:anywhere}`;

const BLOCKS = `
.badge{display:inline-block;white-space:nowrap;border-radius:999px;padding:1px 9px;font-size:13px;font-weight:600;background:var(--rail);color:var(--quiet)}
.badge.passed{background:var(--good-soft);color:var(--good)}
.badge.failed,.badge.infra-error{background:var(--bad-soft);color:var(--bad)}
.badge.inconclusive,.badge.cancelled,.badge.flaky,.badge.blocked{background:var(--open-soft);color:var(--open)}
.mark{font-size:12px;font-weight:600;border:1px solid currentColor;border-radius:4px;padding:0 5px;white-space:nowrap;color:var(--open)}
.drill{border:1px solid var(--open);background:var(--open-soft);border-radius:12px;padding:14px 22px;margin:20px 0 0}
.drill ul{margin:0;padding-left:20px}.drill p{margin:0 0 4px}
.cards{list-style:none;display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:14px;margin:20px 0 0;padding:0}
.cards li{background:var(--card);border:1px solid var(--rule);border-radius:12px;padding:14px 16px}
.cards span{display:block}
.cards .name,.cards .detail{font-size:13px;color:var(--quiet)}
.cards .value{font-size:25px;font-weight:650;line-height:1.3;font-variant-numeric:tabular-nums}
#attention{border-left:6px solid var(--bad)}
.attention{list-style:none;margin:0;padding:0}
.attention li+li{border-top:1px solid var(--rule);margin-top:10px;padding-top:10px}
.attention p{margin:0 0 4px;overflow-wrap:anywhere}
.missing{color:var(--quiet);font-style:italic}
p.missing{border:1px dashed var(--rule);border-radius:8px;padding:14px}
details.phase{border-top:1px solid var(--rule);padding:10px 0 2px;scroll-margin-top:12px}
details.phase:first-of-type{border-top:0}
summary{cursor:pointer;padding:2px 0 8px}
details ul{margin:4px 0 10px;padding-left:22px;overflow-wrap:anywhere}`;

const TABLES = `
.scroll{overflow-x:auto;margin:0 0 10px;scrollbar-width:thin}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
caption{text-align:left;font-size:13px;padding-bottom:4px}
th,td{text-align:left;vertical-align:top;padding:6px 10px 6px 0;border-bottom:1px solid var(--rule);overflow-wrap:break-word}
thead th{font-size:12px;font-weight:600;color:var(--quiet);white-space:nowrap}
tbody th{font-weight:500}
th.num,td.num{text-align:right;white-space:nowrap;padding-left:8px}
tr.group th{background:var(--rail);padding-left:8px;font-weight:600}
.gates{min-width:900px}.gates th[scope=row]{min-width:170px}.gates td:nth-child(6){max-width:230px}
.gates tr.failed,tr.failed{background:var(--bad-soft)}.gates tr.inconclusive{background:var(--open-soft)}
.gates tr.failed>:first-child,.gates tr.inconclusive>:first-child{padding-left:8px}
.observed,.evidence .value{overflow-wrap:anywhere;min-width:90px}
.evidence{min-width:720px}
tbody th[scope=row]>code{white-space:nowrap}.gates th[scope=row]>code{white-space:normal}
.steps{width:auto}.steps th,.steps td{padding-right:22px}
.timeline td,.timeline th{vertical-align:middle}
.timeline .bar{width:32%}.timeline tr.frame{color:var(--quiet)}
.timeline tr.not-reached th a{color:var(--quiet)}
.track{display:block;width:100%;height:14px}
.meter{white-space:nowrap}.meter svg{width:56px;height:8px}
.rail{fill:var(--rail)}.fill.passed{fill:var(--good)}.fill.failed,.fill.infra-error{fill:var(--bad)}
.fill.inconclusive,.fill.cancelled{fill:var(--open)}tr.infra-error{background:var(--bad-soft)}
.items tr.inconclusive,.items tr.cancelled,.items tr.blocked,.items tr.flaky{background:var(--open-soft)}
.items td:first-child,.items th:first-child{padding-left:8px}.items{min-width:860px}.items th[scope=row]{min-width:210px}.items .quiet{font-size:13px;font-weight:400}
.items .try{white-space:nowrap}.spark{display:block;max-width:100%}.mark-red{font-size:9px;fill:var(--bad)}
section h3{display:block;margin:14px 0 6px}figcaption h3,summary h3{display:inline;margin:0}
.gate{padding-left:14px}figure.low{margin:8px 0 14px}.fill.frame,.fill.running{fill:var(--quiet)}`;

const CHARTS = `
figure{margin:26px 0 0}
figcaption p{font-size:13px;margin:0 0 4px}
.chart{display:block;width:100%;height:auto}
.chart.narrow{display:none}
.chart text{font:11.5px system-ui,sans-serif;fill:var(--quiet);font-variant-numeric:tabular-nums}
.grid{stroke:var(--rule)}.axis{stroke:var(--quiet)}
.band rect{fill:var(--band);opacity:.07}.band-odd rect{opacity:.17}
.band line{stroke:var(--band);opacity:.55;stroke-dasharray:2 3}
.chart .band text{font-weight:700;fill:var(--ink)}
.line{fill:none;stroke-width:2;stroke-linejoin:round;stroke:var(--line-1)}
.line-0{stroke:var(--line-1)}.line-1{stroke:var(--line-2);stroke-dasharray:7 3}.line-2{stroke:var(--line-0);stroke-dasharray:2 3}
.dot{fill:var(--line-1)}.dot.line-1{fill:var(--line-2)}.dot.line-2{fill:var(--line-0)}
.reference{stroke:var(--reference);stroke-width:1.3;stroke-dasharray:9 4}
.chart .reference-label{fill:var(--reference);font-weight:600;paint-order:stroke;stroke:var(--card);stroke-width:3px}
.hover{fill:transparent}.hover:hover{fill:var(--ink);fill-opacity:.09}
.area{stroke:var(--card);stroke-width:.7}
.hatch{stroke:var(--hatch);stroke-width:3}
.key{width:28px;height:8px;vertical-align:middle}
.swatch{display:inline-block;width:16px;height:12px;border-radius:2px;vertical-align:-1px}
.swatch.hatched{background-image:repeating-linear-gradient(45deg,var(--hatch) 0 2px,transparent 2px 5px)}
${[0, 1, 2, 3]
  .flatMap((shade) => ['on-demand', 'spot'].map((kind) => `${kind}-${String(shade)}`))
  .map((name) => `.area.${name}{fill:var(--${name})}.swatch.${name}{background-color:var(--${name})}`)
  .join('')}`;

const SMALL = `
@media screen and (max-width:720px){
header.top,nav,main{padding-left:14px;padding-right:14px}
section{padding:16px 14px;border-radius:10px}
h1{font-size:25px}
.facts{grid-template-columns:repeat(2,minmax(0,1fr))}
.cards{grid-template-columns:repeat(2,minmax(0,1fr));gap:10px}.cards .value{font-size:20px}
.chart.wide{display:none}.chart.narrow{display:block}
.timeline thead{position:absolute;left:-9999px}
.timeline tr{display:grid;grid-template-columns:auto 1fr auto;gap:0 8px;padding:8px 0;border-bottom:1px solid var(--rule)}
.timeline td,.timeline th{border:0;padding:2px 0;text-align:left}
.timeline td:empty{display:none}
.timeline .bar{grid-column:1/-1;grid-row:2;width:auto}
.timeline td:nth-child(5){grid-column:1/3;grid-row:3;font-size:13px}
.timeline td:nth-child(6){grid-row:3;text-align:right}
.timeline td:nth-child(4){text-align:right}
.timeline tr.frame th{grid-column:1/3}
.cards li:last-child:nth-child(odd){grid-column:1/-1}
.stack{min-width:0}
.stack thead{position:absolute;left:-9999px}
.stack tbody,.stack tr,.stack th,.stack td{display:block}
.stack tr{border:1px solid var(--rule);border-radius:8px;margin:0 0 10px;padding:8px 10px}
.stack tr>*,.stack tr.failed>:first-child,.stack tr.inconclusive>:first-child{border:0;padding:1px 0;text-align:left;max-width:none;white-space:normal}
.stack tr>:first-child{padding-left:0}
.stack:not(.gates) tr{display:flex;flex-wrap:wrap;gap:0 12px}.stack:not(.gates) th,.items td:last-child{flex-basis:100%}.stack th{order:-1}
.stack td::before{content:attr(data-label) " ";color:var(--quiet);font-size:12px}
.items .try{white-space:normal}.items tr>*{padding:1px 0!important}}`;

const PRINT = `
@media print{
@page{margin:14mm}
body{background:#fff;font-size:11px}
nav,.skip{display:none}
section,.cards li{border-color:#bbb;box-shadow:none}
section{padding:12px;break-inside:auto}
figure,tr,.cards li,.attention li{break-inside:avoid}
table{font-size:9.5px}.gates,.evidence,.items{min-width:0}.items .try{white-space:normal}.items th[scope=row]{min-width:0}.items .quiet{font-size:9px}.items .try .quiet{display:none}
.scroll{overflow:visible}
.timeline{font-size:9px}.meter svg{display:none}
h1{font-size:22px}h2{font-size:15px}h3{font-size:12px}
code,pre,caption,thead th,table .badge,.mark,dt,.kicker{font-size:9px}
table .badge{padding:0 6px}
th,td{padding:3px 6px 3px 0;overflow-wrap:anywhere}
tbody th[scope=row]>code{white-space:normal}
.gates th[scope=row],.observed,.evidence .value{min-width:0}
.gates tr>:nth-child(-n+5){overflow-wrap:break-word}
.chart text{font-size:13px}
details::details-content{content-visibility:visible;display:block;height:auto}
.badge,.fill,.rail,.area,.swatch,.band rect{print-color-adjust:exact;-webkit-print-color-adjust:exact}}`;

export const STYLES = new Markup([COLOURS, PAGE, BLOCKS, TABLES, CHARTS, SMALL, PRINT].join('').trim());
