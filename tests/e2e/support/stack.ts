import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { STACK_COMMAND, STACK_DIR } from './paths.ts';

const run = promisify(execFile);

const COMMAND_TIMEOUT_MS = 60_000;
/** Assembling the plugin and installing WordPress for the first time takes a while on a slow machine. */
const UP_TIMEOUT_MS = 240_000;

/** What `stack.json` tells. */
export interface StackInfo {
  url: string;
  chat_url: string;
  shortcode_url: string;
  admin_user: string;
  admin_password: string;
  application_password: string;
  subscriber_user: string;
  subscriber_password: string;
  dir: string;
  wp_path: string;
  platend: string;
  daemon_url: string;
  database: string;
  daemon_log: string;
  nginx_log: string;
  php_log: string;
  site_secret: string;
  webhook_secret: string;
  fake_provider_url: string;
  planted_provider_key: string;
}

export type DaemonAction = 'start' | 'stop' | 'kill' | 'pause' | 'resume' | 'status';

/** The site under test: WordPress, its web server, the daemon and the scripted provider. */
export class Stack {
  readonly info: StackInfo;

  private constructor(info: StackInfo) {
    this.info = info;
  }

  static async up(): Promise<Stack> {
    await stack(['up', '--provider', 'fake'], UP_TIMEOUT_MS);
    return Stack.running();
  }

  static async running(): Promise<Stack> {
    const text = await readFile(join(STACK_DIR, 'stack.json'), 'utf8');
    return new Stack(JSON.parse(text) as StackInfo);
  }

  static async down(): Promise<void> {
    await stack(['down']);
  }

  async daemon(action: DaemonAction): Promise<string> {
    return (await stack(['daemon', action])).trim();
  }

  /** A test may have failed between stopping the daemon and starting it. */
  async ensureDaemonRuns(): Promise<void> {
    const status = await this.daemon('status');
    if (status === 'paused') {
      await this.daemon('resume');
    } else if (status === 'stopped') {
      await this.daemon('start');
    }
  }

  async wp(...args: string[]): Promise<string> {
    return (await stack(['wp', '--', ...args])).trim();
  }

  async platend(...args: string[]): Promise<string> {
    const { stdout } = await run(this.info.platend, args, { timeout: COMMAND_TIMEOUT_MS });
    return stdout.trim();
  }

  /** Changes settings of the plugin; the others keep their values. */
  async configure(settings: Record<string, number | boolean | string>): Promise<void> {
    const json = JSON.stringify(settings);
    const code =
      `update_option( 'platen_settings', json_decode( '${json}', true ) + (array) get_option( 'platen_settings' ) );`;
    await this.wp('eval', code);
  }

  /** The suite asks more than any visitor. */
  async loosenLimits(): Promise<void> {
    await this.configure({ rate_limit: 100_000, anonymous_rate_limit: 100_000, rate_window_s: 300 });
  }

  /** Rows of WordPress's database. `{jobs}` and its like stand for the plugin's tables. */
  async rows<Row>(sql: string): Promise<Row[]> {
    const named = sql.replace(/\{(\w+)\}/g, (_, name: string) => `{$wpdb->prefix}ai_${name}`);
    return JSON.parse(
      await this.wp('eval', `global $wpdb; echo wp_json_encode( $wpdb->get_results( "${named}", ARRAY_A ) );`),
    ) as Row[];
  }
}

async function stack(args: string[], timeout = COMMAND_TIMEOUT_MS): Promise<string> {
  const [command = '', ...rest] = args;
  const { stdout } = await run(STACK_COMMAND, [command, '--dir', STACK_DIR, ...rest], {
    timeout,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
