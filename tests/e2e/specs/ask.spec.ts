import { expectOneEffect, jobOf } from '../support/effects.ts';
import { expect, test } from '../support/fixtures.ts';

const WORDS = 'The shop opens at nine and closes at six, every day but Sunday.';

test('the answer grows on the page while it is written', async ({ chat, provider, stack }) => {
  const chunks = WORDS.split(/(?<= )/);
  await provider.script('When are you open', { chunks, chunk_delay_ms: 80 });
  const recorded = await chat.recordAnswer();

  await chat.ask('When are you open?');

  await expect(chat.question('When are you open?')).toBeVisible();
  await expect(chat.answer).toHaveText(WORDS);
  const texts = await recorded();
  expect(texts.length, 'texts that were shown').toBeGreaterThan(4);
  for (const text of texts) {
    expect(WORDS.startsWith(text.trim()), `"${text}" is a part of the answer`).toBe(true);
  }
  await expect(chat.page.getByRole('status')).toHaveText(`Answer: ${WORDS}`);
  await expect(chat.composer).toBeFocused();
  await expectOneEffect(stack, await jobOf(stack, 'When are you open?'));
});

test('a reload shows the conversation, and the next question knows it', async ({ chat, provider }) => {
  await provider.script('capital of France', { text: 'Paris is the capital of France.' });
  await provider.script('how many people', { text: 'About two million people.' });
  await chat.ask('What is the capital of France?');
  await expect(chat.answer).toHaveText('Paris is the capital of France.');

  await expect(async () => {
    await chat.page.reload();
    await expect(chat.answer).toHaveText('Paris is the capital of France.', { timeout: 1_000 });
  }).toPass({ timeout: 15_000 });
  await expect(chat.question('What is the capital of France?')).toBeVisible();

  await chat.ask('And how many people live there?');
  await expect(chat.answer).toHaveText('About two million people.');
  const [call] = await provider.calls('how many people');
  expect(call?.body.messages.map(({ content }) => content)).toEqual(
    expect.arrayContaining(['What is the capital of France?', 'Paris is the capital of France.']),
  );
});

test('a reload in the middle of an answer goes on with it', async ({ chat, provider, stack }) => {
  const chunks = Array.from({ length: 40 }, (_, number) => `word${number} `);
  await provider.script('Count to forty', { chunks, chunk_delay_ms: 75 });
  await chat.ask('Count to forty');
  await expect(chat.answer).toContainText('word3');

  await chat.page.reload();

  await expect(chat.answer).toHaveText(chunks.join('').trim());
  await expect(chat.answers).toHaveCount(1);
  await expectOneEffect(stack, await jobOf(stack, 'Count to forty'));
});

test('an answer is shown as text and Markdown, never as HTML', async ({ chat, provider }) => {
  const text = '<img src=x onerror="document.title=1"> **bold** [good](https://example.com/) [bad](javascript:alert(1))';
  await provider.script('Show me markup', { chunks: [text] });

  await chat.ask('Show me markup');

  await expect(chat.answer.locator('strong')).toHaveText('bold');
  await expect(chat.answer.getByRole('link')).toHaveText(['good']);
  await expect(chat.answer.getByRole('link')).toHaveAttribute('rel', /noopener/);
  await expect(chat.answer.locator('img')).toHaveCount(0);
});

test('Stop ends the answer and the job', async ({ chat, provider, rest, stack }) => {
  const chunks = Array.from({ length: 200 }, (_, number) => `word${number} `);
  await provider.script('Talk without end', { chunks, chunk_delay_ms: 100 });
  const { page } = chat;
  await chat.ask('Talk without end');
  await expect(chat.answer).toContainText('word2');

  await page.getByRole('button', { name: 'Stop the answer' }).click();

  await expect(page.getByText('The answer was stopped.')).toBeVisible();
  await expect(chat.composer).toBeFocused();
  const jobId = await jobOf(stack, 'Talk without end');
  await expect
    .poll(async () => {
      const [row] = await stack.rows<{ status: string }>(`SELECT status FROM {jobs} WHERE id = '${jobId}'`);
      return row?.status;
    })
    .toBe('cancelled');
  // Somebody else's job does not exist, not even for the admin.
  expect((await rest.send('GET', `/jobs/${jobId}`)).status).toBe(404);
});

test('the shortcode shows the same chat', async ({ page, provider, stack }) => {
  await provider.script('by shortcode', { text: 'It works there too.' });
  await page.goto(stack.info.shortcode_url);
  await page.getByLabel('Your question').fill('Asked by shortcode');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('It works there too.').first()).toBeVisible();
});
