import { expect, type Locator, type Page } from '@playwright/test';

/** The chat as a visitor sees it. */
export class Chat {
  readonly page: Page;
  readonly composer: Locator;
  readonly send: Locator;
  readonly queued: Locator;
  readonly interrupted: Locator;
  readonly failure: Locator;
  readonly tryAgain: Locator;

  private readonly turns: Locator;

  constructor(page: Page) {
    this.page = page;
    this.composer = page.getByLabel('Your question');
    this.send = page.getByRole('button', { name: 'Send' });
    this.queued = page.getByText('Your question is queued; the answer will appear here.');
    this.interrupted = page.getByText('The connection was interrupted; the answer will go on here.');
    this.failure = page.getByRole('alert');
    this.tryAgain = page.getByRole('button', { name: 'Try again' });
    this.turns = page.getByRole('region', { name: 'Conversation' }).getByRole('listitem');
  }

  /** Asks once the page lets one: until it runs, and until the last answer has ended, Enter does nothing. */
  async ask(question: string): Promise<void> {
    await this.composer.fill(question);
    await expect(this.send).toBeEnabled();
    await this.composer.press('Enter');
  }

  /** The questions on the page that say this. */
  question(text: string): Locator {
    return this.turns.filter({ hasText: 'You:' }).filter({ hasText: text });
  }

  /** The newest answer. */
  get answer(): Locator {
    return this.answers.last().locator('[dir="auto"]');
  }

  /** All answers; the greeting is none. */
  get answers(): Locator {
    return this.turns.filter({ hasText: 'Assistant:' });
  }

  /** Records every text that the newest answer has from now on; the page itself watches, so that none is missed. */
  async recordAnswer(): Promise<() => Promise<string[]>> {
    const texts = await this.page.evaluateHandle(() => {
      const seen: string[] = [];
      const region = document.querySelector('.platen-chat__log') as HTMLElement;
      new MutationObserver(() => {
        const answers = region.querySelectorAll<HTMLElement>('li:not(.is-mine) > div > [data-wp-watch]');
        const text = answers[answers.length - 1]?.innerText ?? '';
        if (text !== '' && text !== seen[seen.length - 1]) {
          seen.push(text);
        }
      }).observe(region, { subtree: true, childList: true, characterData: true });
      return seen;
    });
    return () => texts.jsonValue();
  }

  async expectIdle(): Promise<void> {
    await expect(this.page.getByRole('button', { name: 'Stop the answer' })).toBeHidden();
  }
}
