import { expectOneEffect, jobOf } from '../support/effects.ts';
import { expect, test } from '../support/fixtures.ts';
import type { AcceptedJob } from '../support/rest.ts';

test('asked while the daemon is stopped: queued, then answered, once', async ({ chat, provider, stack }) => {
  await provider.script('anybody there', { text: 'Now I am.' });
  await stack.daemon('stop');

  await chat.ask('Is anybody there?');
  await expect(chat.queued).toBeVisible();
  await expect(chat.failure).toBeHidden();
  await stack.daemon('start');

  await expect(chat.answer).toHaveText('Now I am.', { timeout: 30_000 });
  await expect(chat.answers).toHaveCount(1);
  await expect(chat.queued).toBeHidden();
  await expectOneEffect(stack, await jobOf(stack, 'Is anybody there?'));
  expect(await provider.calls('anybody there')).toHaveLength(1);
});

test('kill -9 in the middle of an answer: the stream recovers and the job ends once', async ({ chat, provider, stack }) => {
  const chunks = Array.from({ length: 40 }, (_, number) => `part${number} `);
  await provider.script('survive', { chunks, chunk_delay_ms: 75 });
  await chat.ask('Will you survive?');
  await expect(chat.answer).toContainText('part5');

  await stack.daemon('kill');
  await expect(chat.interrupted).toBeVisible();
  await stack.daemon('start');

  await expect(chat.answer).toHaveText(chunks.join('').trim(), { timeout: 30_000 });
  await expect(chat.interrupted).toBeHidden();
  await expect(chat.answers).toHaveCount(1);
  await expect(chat.failure).toBeHidden();
  await expectOneEffect(stack, await jobOf(stack, 'Will you survive?'));

  await chat.page.reload();
  await expect(chat.answer).toHaveText(chunks.join('').trim());
  await expect(chat.answers).toHaveCount(1);
});

test('a stop in the middle of an answer is no failure either', async ({ chat, provider, stack }) => {
  const chunks = Array.from({ length: 60 }, (_, number) => `step${number} `);
  await provider.script('a drain', { chunks, chunk_delay_ms: 75 });
  await chat.ask('Does it survive a drain?');
  await expect(chat.answer).toContainText('step5');

  await stack.daemon('stop');
  await stack.daemon('start');

  await expect(chat.answer).toHaveText(chunks.join('').trim(), { timeout: 30_000 });
  await expectOneEffect(stack, await jobOf(stack, 'Does it survive a drain?'));
});

test('a daemon that hangs does not hold a question up', async ({ chat, provider, rest, stack }) => {
  await provider.script('while it hangs', { text: 'Awake again.' });
  // The first request after a start warms PHP up; it is not what is measured.
  await rest.send('GET', '/jobs/0193d2e0-0000-7000-8000-000000000000');
  let accepted: AcceptedJob;
  await stack.daemon('pause');
  try {
    const began = performance.now();
    accepted = await rest.ask('Asked while it hangs, by REST');
    const elapsedMs = performance.now() - began;
    expect(accepted.stream).toBeNull();
    expect(elapsedMs, 'milliseconds to the 202').toBeLessThan(1_000);

    await chat.ask('Asked while it hangs, in the chat');
    await expect(chat.queued).toBeVisible();
  } finally {
    await stack.daemon('resume');
  }
  await expect(chat.answer).toHaveText('Awake again.', { timeout: 30_000 });
  await rest.untilStatus(accepted.job_id, 'succeeded');
  // The frames that the sleeping daemon still found in its socket are the same jobs, not more of them.
  expect(await provider.calls('while it hangs')).toHaveLength(2);
  await expectOneEffect(stack, accepted.job_id);
});
