import { expect } from '@playwright/test';

import type { Stack } from './stack.ts';

interface Effects {
  status: string;
  answers: string;
  webhooks: string;
}

/** Asserts that a job ended well and had each of its effects once: one answer stored, one webhook applied. */
export async function expectOneEffect(stack: Stack, jobId: string): Promise<void> {
  const read = async () => {
    const [row] = await stack.rows<Effects>(
      `SELECT status,
        (SELECT COUNT(*) FROM {messages} WHERE job_id = '${jobId}' AND role = 'assistant') AS answers,
        (SELECT COUNT(*) FROM {webhook_events} WHERE job_id = '${jobId}') AS webhooks
        FROM {jobs} WHERE id = '${jobId}'`,
    );
    return row && { status: row.status, answers: Number(row.answers), webhooks: Number(row.webhooks) };
  };
  await expect.poll(read, { timeout: 20_000 }).toEqual({ status: 'succeeded', answers: 1, webhooks: 1 });
}

/** The job that was made for a question. */
export async function jobOf(stack: Stack, question: string): Promise<string> {
  const [row] = await stack.rows<{ job_id: string }>(
    `SELECT job_id FROM {messages} WHERE role = 'user' AND content = '${question}'`,
  );
  expect(row, `the job of "${question}"`).toBeDefined();
  return row?.job_id ?? '';
}
