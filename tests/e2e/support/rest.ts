import { randomUUID } from 'node:crypto';

import { expect } from '@playwright/test';

import type { StackInfo } from './stack.ts';

export interface AcceptedJob {
  job_id: string;
  status: string;
  stream: string | null;
}

export interface Job {
  id: string;
  status: string;
  result: { text: string } | null;
  error: { code: string; message: string } | null;
}

const TIMEOUT_MS = 30_000;

/** Speaks to WordPress as the admin does from another server: with an application password. */
export class Rest {
  private readonly info: StackInfo;
  private readonly authorization: string;

  constructor(info: StackInfo) {
    this.info = info;
    const credentials = `${info.admin_user}:${info.application_password}`;
    this.authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  }

  async send(
    method: 'GET' | 'POST',
    route: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return fetch(`${this.info.url}/wp-json/ai/v1${route}`, {
      method,
      headers: {
        Authorization: this.authorization,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }

  /** Asks in a conversation of its own. */
  async ask(message: string, headers: Record<string, string> = {}): Promise<AcceptedJob> {
    const body = { conversation_id: randomUUID(), message, idempotency_key: randomUUID() };
    const response = await this.send('POST', '/chat', body, headers);
    expect(response.status, await response.clone().text()).toBe(202);
    return (await response.json()) as AcceptedJob;
  }

  async job(id: string): Promise<Job> {
    const response = await this.send('GET', `/jobs/${id}`);
    expect(response.status).toBe(200);
    return (await response.json()) as Job;
  }

  async untilStatus(id: string, status: string): Promise<Job> {
    let job: Job | undefined;
    await expect
      .poll(async () => (job = await this.job(id)).status, { message: `job ${id}`, timeout: 30_000 })
      .toBe(status);
    return job as Job;
  }
}
