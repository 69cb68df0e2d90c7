import { createServer, type Server } from 'node:http';

/** The launcher's way to see that this process lives and polls. */
export async function listenForHealth(port: number, buildId: string, state: () => string): Promise<Server> {
  const server = createServer((request, response) => {
    const ready = state() === 'RUNNING';
    const wanted = request.url === '/health' || request.url === '/health/ready';
    response.writeHead(wanted ? (ready ? 200 : 503) : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: ready ? 'ready' : state(), service: 'worker', buildId }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}
