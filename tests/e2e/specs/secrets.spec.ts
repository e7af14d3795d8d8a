import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { Page } from '@playwright/test';

import { expect, test } from '../support/fixtures.ts';
import { logIn } from '../support/login.ts';
import type { StackInfo } from '../support/stack.ts';

const PROMPT = 'My very private prompt 7f3a9';

test('no secret is in the database, a page, an answer or a log', async ({ chat, page, provider, rest, stack }) => {
  const { info } = stack;
  await provider.script(PROMPT, { status: 401 }, 1);
  await chat.ask(PROMPT);
  await expect(chat.failure).toBeVisible({ timeout: 30_000 });
  const [call] = await provider.calls(PROMPT);
  expect(call?.authorization, 'the planted key is in use').toBe(`Bearer ${info.planted_provider_key}`);

  const texts = new Map<string, string>();
  await collectBodies(texts, rest, info);
  await collectPages(texts, page, info);
  await collectFiles(texts, [dirname(info.database), dirname(info.daemon_log)]);
  expect(texts.size).toBeGreaterThan(12);

  const secrets = formsOf(info);
  for (const [place, text] of texts) {
    for (const [name, form] of secrets) {
      expect(text.includes(form), `${name} in ${place}`).toBe(false);
    }
  }

  const logs = [...texts].filter(([place]) => place.startsWith(dirname(info.daemon_log)));
  expect(logs.length).toBeGreaterThan(2);
  for (const [place, text] of logs) {
    expect(text.includes(PROMPT), `the prompt in ${place}`).toBe(false);
  }
});

/** A secret could be written out as it stands, or as the bytes it encodes. */
function formsOf(info: StackInfo): Array<[string, string]> {
  const site = info.site_secret.replace(/^psk_/, '');
  const webhook = info.webhook_secret.replace(/^whsec_/, '');
  return [
    ['the provider key', info.planted_provider_key],
    ['the site secret', site],
    ['the site secret in hexadecimal', Buffer.from(site, 'base64url').toString('hex')],
    ['the webhook secret', webhook],
    ['the webhook secret in hexadecimal', Buffer.from(webhook, 'base64').toString('hex')],
  ];
}

async function collectBodies(
  texts: Map<string, string>,
  rest: { send(method: 'GET' | 'POST', route: string, body?: unknown): Promise<Response> },
  info: StackInfo,
) {
  const requests: Array<['GET' | 'POST', string, unknown?]> = [
    ['GET', ''],
    ['POST', '/session'],
    ['POST', '/chat', { message: 'no conversation' }],
    ['POST', '/chat', { conversation_id: crypto.randomUUID(), message: 'hello' }],
    ['GET', '/jobs/0193d2e0-0000-7000-8000-000000000000'],
    ['POST', '/webhook', { type: 'job.succeeded' }],
  ];
  for (const [method, route, body] of requests) {
    const response = await rest.send(method, route, body);
    texts.set(`the answer to ${method} ${route} ${JSON.stringify(body)}`, await response.text());
  }
  for (const path of ['/platen/v1/jobs/0193d2e0-0000-7000-8000-000000000000/stream?token=x', '/wp-json/']) {
    texts.set(path, await (await fetch(info.url + path)).text());
  }
  const metrics = await fetch(`${info.daemon_url}/metrics`);
  texts.set('the metrics', await metrics.text());
}

async function collectPages(texts: Map<string, string>, page: Page, info: StackInfo) {
  await logIn(page, info.url, info.admin_user, info.admin_password);
  const links = await page.locator('#adminmenu a[href*="platen"]').evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
  expect(links.length, 'pages of the plugin').toBeGreaterThan(1);
  for (const url of [info.chat_url, info.shortcode_url, `${info.url}/wp-admin/site-health.php?tab=debug`, ...links]) {
    await page.goto(url);
    texts.set(url, await page.content());
  }
}

async function collectFiles(texts: Map<string, string>, folders: string[]) {
  for (const folder of folders) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isFile()) {
        const path = join(folder, entry.name);
        const text = await readUnlessGone(path);
        if (text !== undefined) {
          texts.set(path, text);
        }
      }
    }
  }
}

/** SQLite's journals come and go while WordPress and the daemon work beside this test. */
async function readUnlessGone(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
