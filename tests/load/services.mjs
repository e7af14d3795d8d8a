// MariaDB, Redis and a web server for the peers: on private sockets, gone at the end.

import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';

import { root } from './machine.mjs';
import { start, withFolder } from './process.mjs';

/** Data lies on the project's disk, as a site's would. */
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

async function startMariadb( run ) {
	const socket = path.join( run, 'mariadb.sock' );
	const common = [ '--no-defaults', `--user=${ userInfo().username }`, `--datadir=${ path.join( data, 'mariadb' ) }` ];
	execFileSync( 'mariadb-install-db', [ ...common, '--auth-root-authentication-method=normal', '--skip-test-db' ], {
		stdio: 'ignore',
	} );
	const command = [ 'mariadbd', ...common, `--socket=${ socket }`, '--skip-networking', `--pid-file=${ run }/mariadb.pid` ];
	return { socket, stop: await start( data, command, socket ) };
}

async function startRedis( run ) {
	const socket = path.join( run, 'redis.sock' );
	const command = [ 'redis-server', '--port', '0', '--unixsocket', socket, '--save', '', '--dir', data ];
	return { socket, stop: await start( data, command, socket ) };
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
	const stop = await start( data, [ 'nginx', '-e', 'stderr', '-c', file ], { port, host: '127.0.0.1' } );
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
	await withFolder( async ( run ) => {
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
			rmSync( data, { recursive: true, force: true } );
		}
	} );
}
