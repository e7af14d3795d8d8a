// What is measured of the queue, in the order of the run: each measurement puts its rows among the others.
// A row is `{value, bar, unit, better, beside?}`; `beside` marks a peer, as in groups.mjs.

import { execFile, execFileSync } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { BUSY, SITE, quick, withDaemon } from './daemon.mjs';
import { php, root, run } from './machine.mjs';
import { start, withFolder } from './process.mjs';
import { quantile } from './report.mjs';
import { freePort, withServices } from './services.mjs';

const MILLION = 1_000_000;
/** Jobs of one turn, by connections. */
const TURNS = { 1: 2000, 8: 15_000, 64: 40_000 };
/** Slots of those who do the jobs. */
const SLOTS = 64;
const COMPLETED = 10_000;
const IDLE_S = 10;
const COMPLETION_DEADLINE_S = 90;
const NOWHERE = 'http://127.0.0.1:9';

const client = path.join( root, 'target/release/load-client' );
const fakeProvider = path.join( root, 'target/release/fake-provider' );
const connectionsOf = ( count ) => `${ count } connection${ count === 1 ? '' : 's' }`;
const submits = ( connections ) => `submits, durable, ${ connectionsOf( connections ) }`;
const ENDS = 'jobs completed, from submit to webhook';
const onPostgres = ( connections ) => `submits, durable, PostgreSQL, ${ connectionsOf( connections ) }`;
const ENDS_ON_POSTGRES = 'jobs completed, PostgreSQL, from submit to webhook';

const figure = ( value, unit, better, bar = null ) => ( { value, bar, unit, better } );
const peer = ( beside, value ) => ( { ...figure( value, '1/s', 'higher' ), beside } );
const load = ( ...args ) => run( [ client, ...args.map( String ) ], { alone: false, seconds: 400 } );
const submit = ( { socket }, connections, jobs = TURNS[ connections ] ) => load( 'submit', socket, SITE, connections, jobs );
const median = ( runs, key ) => quantile( runs.map( ( each ) => each[ key ] ) );
const turns = ( count, measure ) => Array.from( { length: count }, measure );

/** Each number of connections on a daemon of its own. */
async function durable( rows ) {
	for ( const connections of [ 1, 8, 64 ] ) {
		await withDaemon( BUSY, NOWHERE, async ( daemon ) => {
			submit( daemon, connections, 1000 );
			const runs = turns( 3, () => submit( daemon, connections ) );
			const name = submits( connections );
			rows[ name ] = figure( median( runs, 'per_second' ), '1/s', 'higher', connections === 64 ? 10_000 : null );
			rows[ `${ name }, p50` ] = figure( median( runs, 'p50_us' ), 'us', 'lower' );
			rows[ `${ name }, p99` ] = figure( median( runs, 'p99_us' ), 'us', 'lower' );
		} );
	}
}

/** From the first submit to the last webhook that was taken, by a server that takes each at once. */
async function completed( rows, note ) {
	await withServices( [ 'nginx' ], async ( { nginx }, missing ) => {
		missing.forEach( ( reason ) => note( `No jobs were completed, because nothing took their webhooks: ${ reason }` ) );
		if ( nginx ) {
			await complete( rows, ENDS, nginx );
		}
	} );
}

async function complete( rows, name, nginx, database = null ) {
	await withFolder( async ( folder ) => {
		const port = await freePort();
		const address = { host: '127.0.0.1', port };
		const provider = await start( folder, [ fakeProvider, '--listen', `127.0.0.1:${ port }` ], address );
		const work = async ( daemon ) => {
			const began = performance.now();
			await promisify( execFile )( client, [ 'submit', daemon.socket, SITE, '64', String( COMPLETED ) ] );
			await allTold( daemon );
			rows[ name ] = figure( ( COMPLETED * 1000 ) / ( performance.now() - began ), '1/s', 'higher' );
		};
		try {
			await withDaemon( quick( `http://127.0.0.1:${ port }`, SLOTS ), nginx.url, work, database );
		} finally {
			await provider.stop();
		}
	} );
}

async function allTold( daemon ) {
	const deadline = Date.now() + COMPLETION_DEADLINE_S * 1000;
	let done = { succeeded: 0, told: 0 };
	while ( done.told < COMPLETED ) {
		if ( Date.now() > deadline ) {
			const how = `${ done.succeeded } of ${ COMPLETED } jobs were completed and ${ done.told } told`;
			throw new Error( `only ${ how } in ${ COMPLETION_DEADLINE_S } s` );
		}
		await sleep( 20 );
		done = await daemon.done();
	}
}

/** A daemon that waits for work, then the same with a million jobs that wait for it. */
async function aMillion( rows ) {
	await withDaemon( BUSY, NOWHERE, async ( daemon ) => {
		await idle( rows, daemon, 'idle, nothing queued' );
		submit( daemon, 8, 2000 );
		rows[ 'memory, nothing queued' ] = figure( daemon.memory(), 'MiB', 'lower' );
		const empty = turns( 5, () => submit( daemon, 8, 10_000 ) );
		const filled = load( 'fill', daemon.socket, SITE, MILLION );
		rows[ 'submits, batches of 256' ] = figure( filled.per_second, '1/s', 'higher' );
		submit( daemon, 8, 10_000 );
		const full = turns( 5, () => submit( daemon, 8, 10_000 ) );
		for ( const quantile of [ 'p50', 'p99' ] ) {
			const [ few, many ] = [ empty, full ].map( ( runs ) => median( runs, `${ quantile }_us` ) );
			const name = `one million queued, submit ${ quantile }`;
			rows[ `${ name }, 8 connections` ] = figure( many, 'us', 'lower' );
			rows[ `${ name } beside an empty queue` ] = figure( many / few, 'x', 'lower', quantile === 'p99' ? 1.5 : null );
		}
		const at64 = turns( 3, () => submit( daemon, 64, 20_000 ) );
		rows[ 'one million queued, submits, 64 connections' ] = figure( median( at64, 'per_second' ), '1/s', 'higher', 10_000 );
		rows[ 'memory, one million queued' ] = figure( daemon.memory(), 'MiB', 'lower', 128 );
		await idle( rows, daemon, 'idle, one million queued' );
		await daemon.stop();
		rows[ 'start, one million queued' ] = figure( await daemon.start(), 'ms', 'lower', 1000 );
		rows[ 'memory after that start' ] = figure( daemon.memory(), 'MiB', 'lower', 128 );
	} );
	await withDaemon( BUSY, NOWHERE, async ( daemon ) => {
		await daemon.stop();
		rows[ 'start, nothing queued' ] = figure( await daemon.start(), 'ms', 'lower' );
	} );
}

async function idle( rows, daemon, name ) {
	await sleep( 2000 );
	const before = daemon.activity();
	await sleep( IDLE_S * 1000 );
	const after = daemon.activity();
	const share = ( 100 * ( after.seconds - before.seconds ) ) / IDLE_S;
	rows[ `${ name }, one processor` ] = figure( share, '%', 'lower', 0.2 );
	// A thread that ended in between takes its count along; one that began has all of its own here.
	let woken = 0;
	for ( const [ thread, count ] of after.wakeups ) {
		woken += count - ( before.wakeups.get( thread ) ?? 0 );
	}
	rows[ `${ name }, threads woken` ] = figure( woken / IDLE_S, '1/s', 'lower' );
}

const LIKE_A_JOB = JSON.stringify( { kind: 'chat', text: 'opening hours '.repeat( 40 ) } ).slice( 0, 420 );

/** The commands of a list and of a stream, as many clients send them. */
function redisRate( socket, connections, command ) {
	const count = connections === 1 ? 5000 : 50_000;
	const args = [ '-s', socket, '-c', String( connections ), '-n', String( count ), '--csv', ...command ];
	const output = execFileSync( 'redis-benchmark', args, { timeout: 60_000 } ).toString();
	// The last line is `"command","requests per second",…`.
	return Number( output.trim().split( '\n' ).at( -1 ).match( /","([\d.]+)"/ )[ 1 ] );
}

async function besideRedis( rows, note ) {
	await withServices( [ 'redisAlways', 'redisEverySecond' ], async ( services, missing ) => {
		missing.forEach( ( reason ) => note( `Left out, because it did not start: ${ reason }` ) );
		const kinds = [ [ 'redisAlways', 'AOF always' ], [ 'redisEverySecond', 'AOF everysec' ] ];
		for ( const [ name, label ] of kinds.filter( ( [ each ] ) => services[ each ] ) ) {
			for ( const connections of [ 1, 8, 64 ] ) {
				const { socket } = services[ name ];
				const rate = ( ...command ) => peer( submits( connections ), redisRate( socket, connections, command ) );
				const at = connectionsOf( connections );
				rows[ `Redis RPUSH, ${ label }, ${ at }` ] = rate( 'rpush', 'jobs', LIKE_A_JOB );
				rows[ `Redis XADD, ${ label }, ${ at }` ] = rate( 'xadd', 'stream', '*', 'job', LIKE_A_JOB );
			}
		}
	} );
}

async function besideActionScheduler( rows, note ) {
	await withServices( [ 'mariadb' ], async ( { mariadb }, missing ) => {
		missing.forEach( ( reason ) => note( `Left out, because it did not start: ${ reason }` ) );
		for ( const [ connections, jobs ] of mariadb ? [ [ 1, 800 ], [ 8, 3200 ], [ 64, 6400 ] ] : [] ) {
			const args = [ mariadb.socket, connections, jobs ].map( String );
			const { inserted, done } = php( 'peers/queue.php', { without: true, alone: false, args } );
			rows[ `like Action Scheduler on MariaDB, ${ connectionsOf( connections ) }` ] = peer( submits( connections ), inserted );
			if ( connections === 8 ) {
				rows[ 'like Action Scheduler: claimed and completed, 8 processes' ] = peer( ENDS, done );
			}
		}
	} );
}

/** Ours over PostgreSQL, and a queue that lives there, both on the same server. */
async function onAndBesidePostgres( rows, note ) {
	await withServices( [ 'postgres', 'nginx' ], async ( { postgres, nginx }, missing ) => {
		missing.forEach( ( reason ) => note( `Left out, because it did not start: ${ reason }` ) );
		for ( const [ connections, jobs ] of postgres ? [ [ 1, 1000 ], [ 8, 3000 ], [ 64, 6000 ] ] : [] ) {
			await withDaemon(
				BUSY,
				NOWHERE,
				async ( daemon ) => {
					submit( daemon, connections, 500 );
					const runs = turns( 3, () => submit( daemon, connections, jobs ) );
					rows[ onPostgres( connections ) ] = figure( median( runs, 'per_second' ), '1/s', 'higher' );
				},
				emptyDatabase( postgres, `submits_${ connections }` )
			);
			const command = [ process.execPath, path.join( import.meta.dirname, 'peers/queue.mjs' ), postgres.folder, connections, jobs ];
			const { inserted, done, both } = run( command.map( String ), { alone: false } );
			rows[ `graphile-worker on PostgreSQL, ${ connectionsOf( connections ) }` ] = peer( submits( connections ), inserted );
			rows[ `graphile-worker on the same PostgreSQL, ${ connectionsOf( connections ) }` ] = peer( onPostgres( connections ), inserted );
			if ( connections === SLOTS && nginx ) {
				await complete( rows, ENDS_ON_POSTGRES, nginx, emptyDatabase( postgres, 'ends' ) );
				rows[ `graphile-worker: taken and completed, ${ SLOTS } slots` ] = peer( ENDS, done );
				rows[ `graphile-worker on the same PostgreSQL: taken and completed, ${ SLOTS } slots` ] = peer( ENDS_ON_POSTGRES, done );
				rows[ `graphile-worker on the same PostgreSQL: added and completed, ${ SLOTS } slots` ] = peer( ENDS_ON_POSTGRES, both );
			}
		}
	} );
}

/** The address of a new database. */
function emptyDatabase( { folder }, name ) {
	execFileSync( 'createdb', [ '--host', folder, '--username', 'bench', name ] );
	return `host=${ folder } user=bench dbname=${ name }`;
}

export const measurements = [
	{ name: 'durable submits', measure: durable },
	{ name: 'jobs from submit to webhook', measure: completed },
	{ name: 'a million jobs', measure: aMillion },
	{ name: 'Redis', measure: besideRedis },
	{ name: 'MariaDB', measure: besideActionScheduler },
	{ name: 'PostgreSQL', measure: onAndBesidePostgres },
];
