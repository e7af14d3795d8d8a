// MariaDB, Redis and a web server for the peers: in a temporary folder, on private sockets, gone at the end.

import { execFileSync, spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { root } from './machine.mjs';

const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 10_000;

/** Data lies on the project's disk, as a site's would; a socket's path must be short. */
const data = path.join( root, 'target/bench/services' );

function freePort() {
	return new Promise( ( resolve, reject ) => {
		const server = createServer().on( 'error', reject );
		server.listen( 0, '127.0.0.1', () => {
			const { port } = server.address();
			server.close( () => resolve( port ) );
		} );
	} );
}

function answers( address ) {
	return new Promise( ( resolve ) => {
		const socket = connect( address );
		socket.on( 'connect', () => resolve( true ) ).on( 'error', () => resolve( false ) );
		socket.on( 'connect', () => socket.destroy() );
	} );
}

/** Starts a program that stays in the foreground, and waits until its socket or port answers. */
async function start( name, command, address ) {
	const file = path.join( data, `${ name }.log` );
	const log = openSync( file, 'w' );
	const child = spawn( command[ 0 ], command.slice( 1 ), { stdio: [ 'ignore', log, log ] } );
	closeSync( log );
	const ended = new Promise( ( resolve ) => child.on( 'exit', resolve ).on( 'error', resolve ) );
	const stop = async () => {
		child.kill( 'SIGTERM' );
		const late = setTimeout( () => child.kill( 'SIGKILL' ), STOP_DEADLINE_MS );
		await ended;
		clearTimeout( late );
	};
	const deadline = Date.now() + START_DEADLINE_MS;
	while ( ! ( await answers( address ) ) ) {
		if ( child.exitCode !== null || child.pid === undefined || Date.now() > deadline ) {
			await stop();
			throw new Error( `${ name } did not start: ${ readFileSync( file, 'utf8' ).slice( -500 ) }` );
		}
		await sleep( 20 );
	}
	return stop;
}

async function startMariadb( run ) {
	const socket = path.join( run, 'mariadb.sock' );
	const folder = path.join( data, 'mariadb' );
	const common = [ '--no-defaults', `--user=${ userInfo().username }`, `--datadir=${ folder }` ];
	execFileSync( 'mariadb-install-db', [ ...common, '--auth-root-authentication-method=normal', '--skip-test-db' ], {
		stdio: 'ignore',
	} );
	const command = [ 'mariadbd', ...common, `--socket=${ socket }`, '--skip-networking', `--pid-file=${ run }/mariadb.pid` ];
	return { socket, stop: await start( 'mariadb', command, socket ) };
}

async function startRedis( run ) {
	const socket = path.join( run, 'redis.sock' );
	const command = [ 'redis-server', '--port', '0', '--unixsocket', socket, '--save', '', '--dir', data ];
	return { socket, stop: await start( 'redis', command, socket ) };
}

/** Answers every request at once: what a hand-off over HTTP costs at the least. */
async function startNginx( run ) {
	const port = await freePort();
	const temporary = [ 'client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi' ]
		.map( ( kind ) => `${ kind }_temp_path ${ run }/${ kind };` )
		.join( ' ' );
	const file = path.join( data, 'nginx.conf' );
	writeFileSync(
		file,
		`daemon off; pid ${ run }/nginx.pid; error_log stderr; worker_processes 1; events {}
		http { access_log off; ${ temporary } server { listen 127.0.0.1:${ port }; location / { return 202; } } }\n`
	);
	const stop = await start( 'nginx', [ 'nginx', '-e', 'stderr', '-c', file ], { port, host: '127.0.0.1' } );
	return { url: `http://127.0.0.1:${ port }/jobs`, stop };
}

/**
 * Starts all that can be started; hands them to `work`; stops them.
 *
 * @param {(services: Object, missing: string[]) => Promise<void>} work `services` has what is there by name.
 */
export async function withServices( work ) {
	rmSync( data, { recursive: true, force: true } );
	mkdirSync( data, { recursive: true } );
	const run = mkdtempSync( path.join( tmpdir(), 'platen-bench-' ) );
	const [ services, missing ] = [ {}, [] ];
	try {
		for ( const [ name, begin ] of Object.entries( { mariadb: startMariadb, redis: startRedis, nginx: startNginx } ) ) {
			try {
				services[ name ] = await begin( run );
			} catch ( error ) {
				missing.push( `${ name }: ${ error.message.split( '\n' )[ 0 ] }` );
			}
		}
		await work( services, missing );
	} finally {
		await Promise.all( Object.values( services ).map( ( { stop } ) => stop() ) );
		rmSync( run, { recursive: true, force: true } );
		rmSync( data, { recursive: true, force: true } );
	}
}
