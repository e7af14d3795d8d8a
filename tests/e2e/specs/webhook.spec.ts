import type { StackInfo } from '../support/stack.ts';
import { expect, test } from '../support/fixtures.ts';
import { signedHeaders, type Webhook, webhookFor } from '../support/webhook.ts';

async function deliver(info: StackInfo, webhook: Webhook, secret = info.webhook_secret) {
  const response = await fetch(`${info.url}/wp-json/ai/v1/webhook`, {
    method: 'POST',
    headers: signedHeaders(webhook, secret),
    body: webhook.body,
    signal: AbortSignal.timeout(30_000),
  });
  return { status: response.status, body: (await response.json()) as { code?: string; applied?: boolean } };
}

test('a webhook has an effect when it is genuine and new, and never else', async ({ provider, rest, stack }) => {
  await provider.script('by hand', { text: 'From the daemon.' });
  // Without the daemon nothing but these webhooks can end the job.
  await stack.daemon('stop');
  const { job_id: jobId } = await rest.ask('Answered by hand');

  await test.step('a bad signature is refused', async () => {
    const forged = await deliver(stack.info, webhookFor(jobId, 'Forged.'), 'whsec_' + Buffer.alloc(32, 7).toString('base64'));
    expect(forged.status).toBe(401);
    expect(forged.body.code).toBe('platen_invalid_signature');
  });

  await test.step('so is a changed body', async () => {
    const webhook = webhookFor(jobId, 'Before.');
    const headers = signedHeaders(webhook, stack.info.webhook_secret);
    const response = await fetch(`${stack.info.url}/wp-json/ai/v1/webhook`, {
      method: 'POST',
      headers,
      body: webhook.body.replace('Before.', 'After.'),
      signal: AbortSignal.timeout(30_000),
    });
    expect(response.status).toBe(401);
  });

  await test.step('an old timestamp is refused', async () => {
    const webhook = webhookFor(jobId, 'Late.');
    const old = await deliver(stack.info, { ...webhook, timestamp: webhook.timestamp - 301 });
    expect(old.status).toBe(401);
    expect(old.body.code).toBe('platen_timestamp_out_of_tolerance');
  });

  const status = async () => (await rest.job(jobId)).status;
  expect(await status()).toBe('queued');

  const genuine = webhookFor(jobId, 'The one answer.');
  await test.step('the genuine one is applied', async () => {
    expect(await deliver(stack.info, genuine)).toEqual({ status: 200, body: { applied: true } });
    expect((await rest.job(jobId)).result?.text).toBe('The one answer.');
  });

  await test.step('its replay is answered 200 without effect', async () => {
    expect(await deliver(stack.info, genuine)).toEqual({ status: 200, body: { applied: false } });
    const changed = { ...genuine, body: genuine.body.replace('The one answer.', 'Another.') };
    expect(await deliver(stack.info, changed)).toEqual({ status: 200, body: { applied: false } });
    expect((await rest.job(jobId)).result?.text).toBe('The one answer.');
    const answers = await stack.rows(`SELECT id FROM {messages} WHERE job_id = '${jobId}' AND role = 'assistant'`);
    expect(answers).toHaveLength(1);
  });

  await test.step('one for an unknown job is answered 200 without effect', async () => {
    const unknown = webhookFor('0193d2e0-0000-7000-8000-000000000000', 'For nobody.');
    expect(await deliver(stack.info, unknown)).toEqual({ status: 200, body: { applied: false } });
  });

  await stack.daemon('start');
  expect(await status()).toBe('succeeded');
  expect(await provider.calls('by hand')).toHaveLength(0);
});
