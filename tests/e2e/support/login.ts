import type { Page } from '@playwright/test';

/** Logs in by WordPress's own form. */
export async function logIn(page: Page, site: string, user: string, password: string): Promise<void> {
  await page.goto(`${site}/wp-login.php`);
  await page.getByLabel('Username or Email Address').fill(user);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log In' }).click();
  await page.waitForURL(/wp-admin/);
}
