import { expect, test } from '../support/fixtures.ts';
import { Wire } from '../support/wire.ts';

test('a lost connection goes on where it broke off', async ({ chat, page, provider, stack }) => {
  const chunks = Array.from({ length: 50 }, (_, number) => `bit${number} `);
  await provider.script('go offline', { chunks, chunk_delay_ms: 75 });
  const wire = await Wire.to(stack.info.url);
  const lastEventIds: string[] = [];
  await page.route('**/platen/v1/**', async (route) => {
    lastEventIds.push(route.request().headers()['last-event-id'] ?? '');
    const { pathname, search } = new URL(route.request().url());
    await route.continue({ url: `${wire.origin}${pathname}${search}` });
  });
  try {
    await chat.ask('What if I go offline?');
    await expect(chat.answer).toContainText('bit5');

    wire.cut();

    await expect(chat.answer).toHaveText(chunks.join('').trim(), { timeout: 30_000 });
    await expect(chat.answers).toHaveCount(1);
  } finally {
    await wire.close();
  }
  expect(await provider.calls('go offline'), 'the job itself was not disturbed').toHaveLength(1);
  expect(lastEventIds).toHaveLength(2);
  expect(lastEventIds[0]).toBe('');
  expect(lastEventIds[1], 'Last-Event-ID of the second connection').toMatch(/^1-[1-9]\d*$/);
});

test('where streams do not get through, the answer comes by polling', async ({ chat, page, provider }) => {
  await provider.script('no stream', { text: 'By polling.', latency_ms: 4_000 });
  await page.route('**/platen/v1/**', (route) => route.abort());
  const polls: number[] = [];
  page.on('response', (response) => {
    if (/\/ai\/v1\/jobs\/[0-9a-f-]+$/.test(response.url())) {
      polls.push(response.status());
      expect(response.headers()['server-timing'], 'Server-Timing of a poll').toBeTruthy();
    }
  });

  await chat.ask('Is there an answer with no stream?');

  await expect(chat.answer).toHaveText('By polling.', { timeout: 40_000 });
  await expect(chat.failure).toBeHidden();
  expect(polls).toContain(200);
});

test('a poll of an unchanged job costs no body', async ({ provider, rest }) => {
  await provider.script('poll me', { text: 'Polled.' });
  const { job_id: jobId } = await rest.ask('Please poll me');
  await rest.untilStatus(jobId, 'succeeded');
  const first = await rest.send('GET', `/jobs/${jobId}`);
  const etag = first.headers.get('etag') ?? '';
  expect(etag).not.toBe('');

  const second = await rest.send('GET', `/jobs/${jobId}`, undefined, { 'If-None-Match': etag });

  expect(second.status).toBe(304);
  expect(await second.text()).toBe('');
});
