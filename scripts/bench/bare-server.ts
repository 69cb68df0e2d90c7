import fastify from 'fastify';

/**
 * Fastify alone, answering the same bytes: what the orchestrator is held against. The answer comes as the first
 * argument; the port is printed. Ends when its standard input does.
 */
const body = process.argv[2] ?? '{}';
const server = fastify();
server.get('/', async (_request, reply) => reply.type('application/json; charset=utf-8').send(body));
process.stdout.write(`${await server.listen({ host: '127.0.0.1', port: 0 })}\n`);
process.stdin.resume().once('end', () => void server.close());
