import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { expect, test } from '../support/fixtures.ts';

test('one request id goes through every hop', async ({ provider, rest, stack }) => {
  await provider.script('follow me', { text: 'Followed.' });
  const requestId = `e2e-${Date.now()}`;
  const traceId = createHash('sha256').update(requestId).digest('hex').slice(0, 32);
  const body = { conversation_id: crypto.randomUUID(), message: 'Please follow me' };

  const response = await rest.send('POST', '/chat', body, { 'X-Request-Id': requestId });

  expect(response.status).toBe(202);
  expect(response.headers.get('x-request-id'), 'the REST answer').toBe(requestId);
  const { job_id: jobId, stream } = (await response.json()) as { job_id: string; stream: string };
  const events = await fetch(stack.info.url + stream, { signal: AbortSignal.timeout(30_000) });
  expect(await events.text(), 'the stream').toContain('event: done');
  await rest.untilStatus(jobId, 'succeeded');

  const [row] = await stack.rows<{ request_id: string }>(`SELECT request_id FROM {jobs} WHERE id = '${jobId}'`);
  expect(row?.request_id, 'the job row').toBe(requestId);

  const [call] = await provider.calls('follow me');
  expect(call?.request_id, 'the provider call').toBe(requestId);
  expect(call?.traceparent, 'the trace of the provider call').toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-[0-9a-f]{2}$`));

  await expect
    .poll(() => webhookLines(stack.info.nginx_log, requestId), { message: 'the webhook in the access log' })
    .toHaveLength(1);

  const lines = (await readFile(stack.info.daemon_log, 'utf8')).split('\n').filter((line) => line.includes(jobId));
  expect(lines.length, 'lines of the daemon about the job').toBeGreaterThan(1);
  for (const line of lines) {
    expect(line).toContain(requestId);
  }

  const trace = await stack.wp('platen', 'trace', jobId);
  expect(trace).toContain(requestId);
  expect(trace.split('\n').length, trace).toBeGreaterThan(5);
});

async function webhookLines(log: string, requestId: string): Promise<string[]> {
  const lines = (await readFile(log, 'utf8')).split('\n');
  return lines.filter((line) => line.includes('/wp-json/ai/v1/webhook') && line.includes(requestId));
}
