import { expect, test } from '../support/fixtures.ts';

const JOBS = 200;
const KILLS = 5;
const AT_ONCE = 4;

test('200 jobs outlive five kill -9 of the daemon: none lost, none doubled', async ({ provider, rest, stack }) => {
  test.setTimeout(150_000);
  await provider.script('flood', { chunks: ['Answer ', 'of ', 'the ', 'flood'], chunk_delay_ms: 60 });
  const jobIds: string[] = [];
  const numbers = Array.from({ length: JOBS }, (_, number) => number);

  const askOn = async () => {
    for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
      jobIds.push((await rest.ask(`flood ${number}`)).job_id);
    }
  };
  const killAlong = async () => {
    for (let kill = 1; kill <= KILLS; kill += 1) {
      // Spread over the flood, by its progress and not by the clock.
      await expect.poll(() => jobIds.length, { timeout: 60_000 }).toBeGreaterThanOrEqual((kill * JOBS) / (KILLS + 1));
      await stack.daemon('kill');
      await stack.daemon('start');
    }
  };
  await Promise.all([...Array.from({ length: AT_ONCE }, askOn), killAlong()]);
  expect(new Set(jobIds).size).toBe(JOBS);
  await stack.wp('platen', 'jobs', 'flush');

  const list = jobIds.map((id) => `'${id}'`).join(',');
  const count = async (sql: string) => Number((await stack.rows<{ n: string }>(sql))[0]?.n);
  await expect
    .poll(() => count(`SELECT COUNT(*) AS n FROM {jobs} WHERE status = 'succeeded' AND id IN (${list})`), {
      timeout: 90_000,
      intervals: [1_000],
    })
    .toBe(JOBS);
  const answers = await stack.rows<{ job_id: string; content: string }>(
    `SELECT job_id, content FROM {messages} WHERE role = 'assistant' AND job_id IN (${list})`,
  );
  expect(answers).toHaveLength(JOBS);
  expect(new Set(answers.map(({ content }) => content))).toEqual(new Set(['Answer of the flood']));
  await expect
    .poll(() => count(`SELECT COUNT(*) AS n FROM {webhook_events} WHERE job_id IN (${list})`), {
      timeout: 60_000,
      intervals: [1_000],
    })
    .toBe(JOBS);
  const calls = await provider.calls('flood');
  expect(calls.length, 'calls; the surplus are jobs that a kill interrupted').toBeGreaterThan(JOBS);
  expect(await count(`SELECT COUNT(DISTINCT job_id) AS n FROM {webhook_events} WHERE job_id IN (${list})`)).toBe(JOBS);
});
