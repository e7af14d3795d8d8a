// graphile-worker, a queue in PostgreSQL: queue.mjs SOCKET_FOLDER CONNECTIONS JOBS
//
// Adds jobs over so many connections, each durable by itself, then lets a worker with as many slots do them, which do
// nothing. Prints the jobs per second of both, and of adding while a worker does them, until all are done.

import { makeWorkerUtils, run, Logger } from 'graphile-worker';
import pg from 'pg';

/** A job as those of the daemon's load, in bytes of JSON. */
const JOB_BYTES = 420;
const USERS = 1000;

const [ folder, connections, jobs ] = [ process.argv[ 2 ], Number( process.argv[ 3 ] ), Number( process.argv[ 4 ] ) ];
const logger = new Logger( () => () => {} );
const pgPool = new pg.Pool( { host: folder, user: 'bench', database: 'postgres', max: connections + 4 } );
pgPool.on( 'error', () => {} );
pgPool.on( 'connect', ( client ) => client.on( 'error', () => {} ) );

async function add( utils, turn ) {
	let next = 0;
	const text = 'opening hours '.repeat( JOB_BYTES ).slice( 0, JOB_BYTES );
	const client = async () => {
		while ( next < jobs ) {
			const number = next++;
			await utils.addJob( 'job', { user: number % USERS, text }, { jobKey: `${ number }-${ connections }-${ turn }` } );
		}
	};
	const began = performance.now();
	await Promise.all( Array.from( { length: connections }, client ) );
	return ( jobs * 1000 ) / ( performance.now() - began );
}

/** Does jobs until all are done; `meanwhile` may add them. */
async function work( meanwhile = async () => {} ) {
	let left = jobs;
	let over;
	const all = new Promise( ( resolve ) => ( over = resolve ) );
	const job = async () => {
		left -= 1;
		if ( left === 0 ) {
			over();
		}
	};
	const began = performance.now();
	const runner = await run( { pgPool, logger, concurrency: connections, noHandleSignals: true, taskList: { job } } );
	await meanwhile();
	await all;
	const rate = ( jobs * 1000 ) / ( performance.now() - began );
	await runner.stop();
	return rate;
}

const utils = await makeWorkerUtils( { pgPool, logger } );
await utils.migrate();
const inserted = await add( utils, 1 );
const done = await work();
const both = await work( () => add( utils, 2 ) );
await utils.release();
await pgPool.end();
console.log( JSON.stringify( { inserted, done, both } ) );
