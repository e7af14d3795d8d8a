// MariaDB, Redis, PostgreSQL and a web server for the peers: on private sockets, gone at the end.

import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';

import { root } from './machine.mjs';
import { start, withFolder } from './process.mjs';

/** Data lies on the project's disk, as a site's would. */
const data = path.join( root, 'target/bench/services' );

export function freePort() {
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
	return { socket, ...( await start( data, command, socket ) ) };
}

/** Keeps everything in memory, unless the name says how often its log reaches the disk. */
const redis = ( name, appendfsync ) => async ( run ) => {
	const [ socket, dir ] = [ path.join( run, `${ name }.sock` ), path.join( data, name ) ];
	mkdirSync( dir );
	const log = appendfsync ? [ '--appendonly', 'yes', '--appendfsync', appendfsync ] : [];
	const command = [ 'redis-server', '--port', '0', '--unixsocket', socket, '--save', '', '--dir', dir, ...log ];
	return { socket, ...( await start( dir, command, socket ) ) };
};

/** The newest PostgreSQL of Debian's packages. It does not run as root. */
async function startPostgres( run ) {
	const versions = '/usr/lib/postgresql';
	const newest = existsSync( versions ) && readdirSync( versions ).sort( ( a, b ) => b - a )[ 0 ];
	if ( ! newest ) {
		throw new Error( 'it is not installed' );
	}
	const [ folder, sockets ] = [ path.join( data, 'postgres' ), path.join( run, 'postgres' ) ];
	const bin = path.join( versions, newest, 'bin' );
	[ folder, sockets ].forEach( ( each ) => mkdirSync( each ) );
	const user = process.getuid() === 0 ? [ 'setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups' ] : [];
	if ( user.length > 0 ) {
		execFileSync( 'chown', [ 'postgres:postgres', folder, sockets ] );
		chmodSync( run, 0o711 );
	}
	const database = path.join( folder, 'data' );
	const [ initdb, ...options ] = [ ...user, path.join( bin, 'initdb' ), '--pgdata', database ];
	execFileSync( initdb, [ ...options, '--username=bench', '--auth=trust', '--no-sync' ], { stdio: 'ignore', cwd: folder } );
	const settings = [ 'listen_addresses=', `unix_socket_directories=${ sockets }`, 'max_connections=200', 'shared_buffers=256MB' ];
	const command = [ ...user, path.join( bin, 'postgres' ), '-D', database, ...settings.flatMap( ( setting ) => [ '-c', setting ] ) ];
	return { folder: sockets, ...( await start( data, command, path.join( sockets, '.s.PGSQL.5432' ) ) ) };
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
	const started = await start( data, [ 'nginx', '-e', 'stderr', '-c', file ], { port, host: '127.0.0.1' } );
	return { url: `http://127.0.0.1:${ port }/jobs`, ...started };
}

const STARTS = {
	mariadb: startMariadb,
	redis: redis( 'redis' ),
	redisEverySecond: redis( 'redis-everysec', 'everysec' ),
	redisAlways: redis( 'redis-always', 'always' ),
	postgres: startPostgres,
	nginx: startNginx,
};

/**
 * Starts those of the services that can be started; hands them to `work`; stops them.
 *
 * @param {string[]} names Which of {@link STARTS}.
 * @param {(services: Object, missing: string[]) => Promise<void>} work `services` has what is there by name.
 */
export async function withServices( names, work ) {
	rmSync( data, { recursive: true, force: true } );
	mkdirSync( data, { recursive: true } );
	await withFolder( async ( run ) => {
		const [ services, missing ] = [ {}, [] ];
		try {
			for ( const name of names ) {
				try {
					services[ name ] = await STARTS[ name ]( run );
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
