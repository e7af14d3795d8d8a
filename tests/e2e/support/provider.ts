/** What the provider does with a question; see tests/fake-provider/README.md. */
export interface Behaviour {
  text?: string;
  chunks?: string[];
  chunk_delay_ms?: number;
  latency_ms?: number;
  status?: number;
  retry_after?: number;
  cut_after_chunks?: number;
}

export interface Call {
  request_id: string | null;
  traceparent: string | null;
  authorization: string | null;
  /** Milliseconds since the provider started. */
  at_ms: number;
  body: { messages: { role: string; content: string }[] };
}

/** The scripted provider that the daemon asks. */
export class Provider {
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Scripts the answers to questions that contain `match`. Without `times` it holds for all of them. */
  async script(match: string, behaviour: Behaviour, times?: number): Promise<void> {
    await this.send('POST', '_scripts', JSON.stringify({ match, times: times ?? null, behaviour }));
  }

  async forget(): Promise<void> {
    await this.send('DELETE', '_scripts');
  }

  /** The calls about questions that contain `match`, oldest first. */
  async calls(match: string): Promise<Call[]> {
    const response = await this.send('GET', '_calls');
    const calls = (await response.json()) as Call[];
    return calls.filter(({ body }) => body.messages.at(-1)?.content.includes(match));
  }

  private async send(method: string, path: string, body?: string): Promise<Response> {
    const response = await fetch(`${this.url}/${path}`, {
      method,
      signal: AbortSignal.timeout(10_000),
      ...(body === undefined ? {} : { body, headers: { 'Content-Type': 'application/json' } }),
    });
    if (!response.ok) {
      throw new Error(`the provider answered ${response.status} to ${method} ${path}`);
    }
    return response;
  }
}
