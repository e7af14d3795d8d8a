import { readFile } from 'node:fs/promises';

import { Chat } from '../support/chat.ts';
import { expect, test } from '../support/fixtures.ts';
import { logIn } from '../support/login.ts';

test('a visitor asks on a page from a cache', async ({ browser, page, provider, stack }) => {
  await provider.script('stale page', { text: 'Fresh answer.' });
  const stored = await fetch(stack.info.chat_url, { signal: AbortSignal.timeout(30_000) });
  const html = await stored.text();
  expect(stored.headers.get('set-cookie')).toBeNull();
  expect(html).toContain('data-wp-interactive="platen/chat"');
  expect(html).not.toMatch(/nonce/i);
  expect(html).not.toContain(stack.info.site_secret);
  expect(html).not.toContain(stack.info.webhook_secret);

  // Two visitors get the same stored page, as from a page cache.
  for (const context of [page.context(), await browser.newContext()]) {
    const tab = context === page.context() ? page : await context.newPage();
    await tab.route(stack.info.chat_url, (route) => route.fulfill({ body: html, contentType: 'text/html; charset=UTF-8' }));
    await tab.goto(stack.info.chat_url);
    const chat = new Chat(tab);
    await expect(chat.answers).toHaveCount(0);
    await chat.ask('Does a stale page work?');
    await expect(chat.answer).toHaveText('Fresh answer.');
    expect(await context.cookies()).toEqual([]);
  }
});

test('an expired session is replaced without a word', async ({ chat, provider }) => {
  await provider.script('after a day', { text: 'Welcome back.' });
  await chat.page.evaluate(() => {
    localStorage.setItem(
      'platen:session',
      JSON.stringify({ session: 'not.a.session', expires_at: '2999-01-01T00:00:00.000000Z' }),
    );
  });
  await chat.page.reload();

  await chat.ask('Do you know me after a day?');

  await expect(chat.answer).toHaveText('Welcome back.');
});

test('where visitors may not ask, the page says so and the routes refuse', async ({ page, stack }) => {
  await stack.configure({ anonymous: false });
  try {
    await page.goto(stack.info.chat_url);
    await expect(page.getByText('Please log in to ask a question.')).toBeVisible();
    await expect(page.getByLabel('Your question')).toHaveCount(0);
    const answer = await page.request.post(`${stack.info.url}/wp-json/ai/v1/session`);
    expect(answer.status()).toBe(403);
    expect(((await answer.json()) as { code: string }).code).toBe('platen_anonymous_not_allowed');
  } finally {
    await stack.configure({ anonymous: true });
  }
});

test('too many questions: 429, a friendly wait, and then on', async ({ page, provider, stack }) => {
  // A window that the first answer fits into on a busy machine, too.
  const window_s = 20;
  test.setTimeout(120_000);
  await provider.script('number', { text: 'Answered.' });
  await stack.configure({ rate_limit: 1, rate_window_s: window_s });
  try {
    await logIn(page, stack.info.url, stack.info.subscriber_user, stack.info.subscriber_password);
    await page.goto(stack.info.chat_url);
    const chat = new Chat(page);
    await chat.ask('Question number one');
    await expect(chat.answer).toHaveText('Answered.');

    const refused = page.waitForResponse((response) => response.url().endsWith('/ai/v1/chat'), { timeout: 15_000 });
    await chat.ask('Question number two');

    const response = await refused;
    expect(response.status()).toBe(429);
    const retryAfter = Number(response.headers()['retry-after']);
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(window_s);
    expect((await response.json()) as unknown).toMatchObject({
      code: 'platen_rate_limited',
      data: { status: 429, retry_after: retryAfter },
    });
    await expect(page.getByText(/You have asked many questions in a short time\. You can ask again in \d+ seconds\./)).toBeVisible();
    await expect(chat.composer).toHaveValue('Question number two');
    await expect(chat.send).toBeDisabled();

    await expect(chat.send).toBeEnabled({ timeout: 2_000 * window_s });
    await chat.send.click();
    await expect(chat.answers).toHaveCount(2);
    await expect(chat.answer).toHaveText('Answered.');
  } finally {
    await stack.loosenLimits();
  }
});

test('the access log holds no token of a stream', async ({ chat, provider, stack }) => {
  await provider.script('secret path', { text: 'Done.' });
  await chat.ask('Is the secret path logged?');
  await expect(chat.answer).toHaveText('Done.');

  const log = await readFile(stack.info.nginx_log, 'utf8');

  expect(log).toContain('/wp-json/ai/v1/chat');
  expect(log).not.toContain('token=');
});
