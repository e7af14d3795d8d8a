import { join } from 'node:path';

import { Chat } from '../support/chat.ts';
import { expect, test } from '../support/fixtures.ts';
import { logIn } from '../support/login.ts';
import { SCREENSHOTS } from '../support/paths.ts';

const ANSWER = [
  'Yes, we deliver **on Saturdays** too:\n\n',
  '1. Order before *14:00* and it leaves the shop the same day.\n',
  '2. Delivery within the city is free from 25 €.\n',
  '   - Bicycle couriers serve the old town.\n',
  '   - Everything else comes with the post.\n\n',
  'You can follow your parcel on [our tracking page](https://example.com/track).',
];

test.describe('pictures', () => {
  test.beforeEach(async ({ provider }) => {
    await provider.script('deliver on Saturdays', { chunks: ANSWER });
  });

  test('the chat on a desktop', async ({ chat, page }) => {
    await chat.ask('Do you deliver on Saturdays?');
    await expect(chat.answer).toContainText('our tracking page.');
    await chat.expectIdle();
    await page.screenshot({ path: join(SCREENSHOTS, 'chat-desktop.png'), animations: 'disabled' });
  });

  test('the chat on a phone', async ({ browser, stack }) => {
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 2,
      isMobile: true,
      hasTouch: true,
    });
    const page = await context.newPage();
    await page.goto(stack.info.chat_url);
    const chat = new Chat(page);
    await chat.ask('Do you deliver on Saturdays?');
    await expect(chat.answer).toContainText('our tracking page.');
    await chat.expectIdle();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow, 'pixels the page is too wide').toBe(0);
    await page.screenshot({ path: join(SCREENSHOTS, 'chat-mobile.png'), animations: 'disabled' });
    await context.close();
  });

  test('the jobs in wp-admin', async ({ page, stack }) => {
    await logIn(page, stack.info.url, stack.info.admin_user, stack.info.admin_password);
    // The link is in a menu that opens on hover; where it leads is what counts.
    const link = page.locator('#adminmenu').getByRole('link', { name: 'Jobs', includeHidden: true });
    await page.goto(await link.evaluate((anchor) => (anchor as HTMLAnchorElement).href));
    await expect(page.getByRole('cell', { name: 'succeeded' }).first()).toBeVisible();
    await page.screenshot({ path: join(SCREENSHOTS, 'admin-jobs.png'), animations: 'disabled' });
  });
});
