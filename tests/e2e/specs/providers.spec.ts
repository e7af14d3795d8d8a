import { expectOneEffect, jobOf } from '../support/effects.ts';
import { expect, test } from '../support/fixtures.ts';

test('a provider that is busy is asked again, as late as it wishes', async ({ chat, provider, stack }) => {
  await provider.script('try twice', { status: 429, retry_after: 1 }, 1);
  await provider.script('try twice', { text: 'The second time.' });

  await chat.ask('Do you try twice?');

  await expect(chat.answer).toHaveText('The second time.');
  await expect(chat.failure).toBeHidden();
  const calls = await provider.calls('try twice');
  expect(calls).toHaveLength(2);
  expect((calls[1]?.at_ms ?? 0) - (calls[0]?.at_ms ?? 0)).toBeGreaterThanOrEqual(1_000);
  await expectOneEffect(stack, await jobOf(stack, 'Do you try twice?'));
});

test('an answer that breaks off is begun anew on the page', async ({ chat, provider, stack }) => {
  await provider.script('break off', { chunks: ['Wrong ', 'start ', 'here'], cut_after_chunks: 2 }, 1);
  await provider.script('break off', { chunks: ['The ', 'right ', 'answer.'] });

  await chat.ask('Does it break off?');

  await expect(chat.answer).toHaveText('The right answer.');
  await expect(chat.answers).toHaveCount(1);
  await expectOneEffect(stack, await jobOf(stack, 'Does it break off?'));
});

test('a provider that is down: a clear failure, a dead letter, and Try again', async ({ chat, provider, stack }) => {
  await provider.script('out of order', { status: 500 });
  await chat.ask('Are you out of order?');

  await expect(chat.failure).toContainText('The assistant could not answer. Please try again.', { timeout: 30_000 });
  await expect(chat.question('Are you out of order?')).toBeVisible();
  const jobId = await jobOf(stack, 'Are you out of order?');
  expect(await stack.platend('jobs', 'list', '--status', 'dead')).toContain(jobId);

  await provider.forget();
  await provider.script('out of order', { text: 'Repaired.' });
  await chat.tryAgain.click();

  await expect(chat.answer).toHaveText('Repaired.');
  await expect(chat.failure).toBeHidden();
  expect(await stack.platend('jobs', 'list', '--status', 'dead')).not.toContain(jobId);
  await chat.page.reload();
  await expect(chat.answer).toHaveText('Repaired.');
  await expect(chat.answers).toHaveCount(1);
});

test('an operator retries a dead letter', async ({ chat, provider, stack }) => {
  await provider.script('the operator', { status: 500 });
  await chat.ask('Is the operator awake?');
  await expect(chat.failure).toBeVisible({ timeout: 30_000 });
  const jobId = await jobOf(stack, 'Is the operator awake?');
  await provider.forget();
  await provider.script('the operator', { text: 'She is.' });

  await stack.platend('jobs', 'retry', jobId);

  await expect(async () => {
    await chat.page.reload();
    await expect(chat.answer).toHaveText('She is.', { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await expect(chat.failure).toBeHidden();
});
