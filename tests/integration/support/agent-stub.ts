import type { AgentType } from '../../../src/contracts/api/common.ts';
import type { AgentTask, AgentTaskResult } from '../../../src/contracts/api/orchestration.ts';
import type { FlowRig } from './flow-rig.ts';
import { HttpStub, type StubAnswer } from './http-stub.ts';

/** What the stub does with a task: an answer's result, or trouble. */
export type TaskHandler = (
  task: AgentTask,
) => AgentTaskResult | StubAnswer | Promise<AgentTaskResult | StubAnswer>;

/** An agent as the orchestrator sees one: registers, takes tasks by HTTP, answers as the test says. */
export class AgentStub implements AsyncDisposable {
  readonly tasks: AgentTask[] = [];
  readonly keys: (string | undefined)[] = [];
  handle: TaskHandler;
  readonly #stub: HttpStub;
  readonly #rig: FlowRig;
  readonly #type: AgentType;
  readonly #name: string;
  id = '';

  private constructor(rig: FlowRig, type: AgentType, name: string, handle: TaskHandler) {
    this.#rig = rig;
    this.#type = type;
    this.#name = name;
    this.handle = handle;
    this.#stub = new HttpStub(async ({ body, headers }) => {
      const task = body as AgentTask;
      this.tasks.push(task);
      this.keys.push(headers.authorization);
      const outcome = await this.handle(task);
      if (typeof outcome === 'string' || !('type' in outcome)) return outcome;
      const answer = { task_id: task.task_id, agent_id: this.id, execution_time_ms: 1, result: outcome };
      return { status: 200, body: answer };
    });
  }

  static async start(
    rig: FlowRig,
    type: AgentType,
    handle: TaskHandler,
    name = `${type}-1`,
  ): Promise<AgentStub> {
    const agent = new AgentStub(rig, type, name, handle);
    await agent.#stub.start();
    await agent.register();
    return agent;
  }

  async register(): Promise<void> {
    const answer = await this.#rig.expect(
      201,
      'POST',
      '/orchestrator/agents/register',
      this.#rig.secrets.agentKey,
      {
        agent_type: this.#type,
        name: this.#name,
        version: '1.0.0',
        capabilities: ['analyze', 'validate'],
        endpoint: this.#stub.url,
      },
    );
    this.id = answer.body.agent_id;
  }

  async beat(load = 0, status: 'healthy' | 'draining' = 'healthy'): Promise<number> {
    const path = `/orchestrator/agents/${this.id}/heartbeat`;
    const body = { status, current_tasks: 0, load };
    return (await this.#rig.call('POST', path, this.#rig.secrets.agentKey, body)).status;
  }

  /** The process is gone; its registration is not. */
  async crash(): Promise<void> {
    await this.#stub.stop();
  }

  async restart(): Promise<void> {
    await this.#stub.start();
    await this.register();
  }

  /** Gone for good: nothing is routed to it any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stub.stop();
    const path = `/orchestrator/agents/${this.id}/deregister`;
    await this.#rig.expect(204, 'POST', path, this.#rig.secrets.agentKey, {});
  }
}
