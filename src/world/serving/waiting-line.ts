import type { Job } from './request.ts';

/** First come, first served; taking the head costs nothing however long the line is. */
export class WaitingLine {
  #jobs: Job[] = [];
  #head = 0;

  get length(): number {
    return this.#jobs.length - this.#head;
  }

  push(job: Job): void {
    this.#jobs.push(job);
  }

  peek(): Job | undefined {
    return this.#jobs[this.#head];
  }

  dropHead(): void {
    this.#head += 1;
    // Half of the array is dead: copying the living half is then paid for by the jobs that left.
    if (this.#head > 1_024 && this.#head * 2 > this.#jobs.length) {
      this.#jobs = this.#jobs.slice(this.#head);
      this.#head = 0;
    }
  }

  takeAll(): Job[] {
    const all = this.#jobs.slice(this.#head);
    this.#jobs = [];
    this.#head = 0;
    return all;
  }
}
