import { createHmac, randomUUID } from 'node:crypto';

/** A webhook as the daemon sends it, so that a test can bend one part of it. */
export interface Webhook {
  id: string;
  timestamp: number;
  body: string;
}

export function webhookFor(jobId: string, text: string): Webhook {
  const now = new Date().toISOString().replace('Z', '000Z');
  const data = {
    job_id: jobId,
    status: 'succeeded',
    result: { text, finish_reason: 'stop', model: 'fake-model', provider: 'fake' },
    usage: {
      input_tokens: 1,
      cached_input_tokens: 0,
      output_tokens: 1,
      reasoning_tokens: 0,
      cost_microusd: 1,
      is_estimate: false,
    },
    error: null,
    attempt: 1,
    request_id: randomUUID(),
    created_at: now,
    finished_at: now,
  };
  return {
    id: `msg_${randomUUID()}`,
    timestamp: Math.floor(Date.now() / 1000),
    body: JSON.stringify({ type: 'job.succeeded', timestamp: now, data }),
  };
}

/** The headers of Standard Webhooks. */
export function signedHeaders(webhook: Webhook, secret: string): Record<string, string> {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key)
    .update(`${webhook.id}.${webhook.timestamp}.${webhook.body}`)
    .digest('base64');
  return {
    'Content-Type': 'application/json',
    'webhook-id': webhook.id,
    'webhook-timestamp': String(webhook.timestamp),
    'webhook-signature': `v1,${signature}`,
  };
}
