// The daemon in a folder of its own on the project's disk, and what it takes of the machine.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { root } from './machine.mjs';
import { start, withFolder } from './process.mjs';
import { freePort } from './services.mjs';

export const SITE = 'bench';
const STATE = path.join( root, 'target/bench/daemon' );
const platend = process.env.PLATEND ?? path.join( root, 'target/release/platend' );

/** Ticks of a processor's clock in a second, as /proc counts them. */
const TICKS_PER_SECOND = Number( execFileSync( 'getconf', [ 'CLK_TCK' ] ) );

/** A model that is always busy: what is queued stays there. */
export const BUSY = `
	[jobs]
	concurrency = 1
	[[providers]]
	name = "offline"
	kind = "offline"
	pace_ms = 60000
	[models.default]
	provider = "offline"
	model = "offline-demo"`;

/** A model that answers at once. */
export const quick = ( url, slots ) => `
	[jobs]
	concurrency = ${ slots }
	[[providers]]
	name = "fake"
	kind = "openai"
	base_url = "${ url }/v1"
	[models.default]
	provider = "fake"
	model = "fake-model"`;

class Daemon {
	constructor( folder, config, socket, http ) {
		Object.assign( this, { folder, config, socket, http } );
	}

	async start() {
		const began = performance.now();
		const { pid, stop } = await start( this.folder, [ platend, '--config', this.config, 'serve' ], this.socket );
		Object.assign( this, { pid, stop } );
		return performance.now() - began;
	}

	/** What it holds in memory, in MiB. */
	memory() {
		const status = readFileSync( `/proc/${ this.pid }/status`, 'utf8' );
		return Number( status.match( /^VmRSS:\s+(\d+) kB$/m )[ 1 ] ) / 1024;
	}

	/** Processor time so far, in seconds, and how often each of its threads has woken up. */
	activity() {
		const fields = readFileSync( `/proc/${ this.pid }/stat`, 'utf8' ).replace( /^.*\) /, '' ).split( ' ' );
		const wakeups = readdirSync( `/proc/${ this.pid }/task` ).map( ( thread ) => {
			const status = readFileSync( `/proc/${ this.pid }/task/${ thread }/status`, 'utf8' );
			return [ thread, Number( status.match( /^voluntary_ctxt_switches:\s+(\d+)$/m )[ 1 ] ) ];
		} );
		const seconds = ( Number( fields[ 11 ] ) + Number( fields[ 12 ] ) ) / TICKS_PER_SECOND;
		return { seconds, wakeups: new Map( wakeups ) };
	}

	/** Jobs that have ended well, and webhooks that were taken. */
	async done() {
		const page = await ( await fetch( `${ this.http }/metrics` ) ).text();
		const count = ( counter ) => Number( page.match( new RegExp( `^${ counter } (\\d+)`, 'm' ) )?.[ 1 ] ?? 0 );
		return {
			succeeded: count( 'platen_jobs_ended_total\\{status="succeeded"\\}' ),
			told: count( 'platen_webhook_deliveries_total\\{outcome="delivered"\\}' ),
		};
	}
}

/**
 * Runs a daemon with an empty database.
 *
 * @param {string}   settings More TOML.
 * @param {string}   url      Where its webhooks go.
 * @param {Function} work     Gets the daemon.
 * @param {string}   [database] The address of an empty database of PostgreSQL, in place of a file of SQLite.
 */
export async function withDaemon( settings, url, work, database = null ) {
	rmSync( STATE, { recursive: true, force: true } );
	mkdirSync( STATE, { recursive: true } );
	await withFolder( async ( folder ) => {
		const [ config, socket, port ] = [ path.join( folder, 'platend.toml' ), path.join( folder, 'platend.sock' ), await freePort() ];
		const urlFile = path.join( folder, 'database-url' );
		writeFileSync( urlFile, database ?? '' );
		const place = database === null ? '' : `database.url_file = "${ urlFile }"\n`;
		writeFileSync(
			config,
			`${ place }daemon.state_dir = "${ STATE }"\nipc.socket = "${ socket }"\nhttp.listen = "127.0.0.1:${ port }"\n` +
				`log.level = "error"\n${ settings }\n`
		);
		execFileSync( platend, [ '--config', config, 'site', 'add', SITE, '--url', url ], { stdio: 'ignore' } );
		const daemon = new Daemon( folder, config, socket, `http://127.0.0.1:${ port }` );
		try {
			await daemon.start();
			await work( daemon );
		} finally {
			await daemon.stop?.();
			rmSync( STATE, { recursive: true, force: true } );
		}
	} );
}
