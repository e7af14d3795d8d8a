// Scripts inside of a PHP-FPM worker, where a site's code runs: a FastCGI client without a web server.

import { connect } from 'node:net';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { start, withFolder } from './process.mjs';

const PROGRAM = 'php-fpm8.2';
const ANSWER_DEADLINE_MS = 180_000;
const [ BEGIN, PARAMS, STDIN, STDOUT ] = [ 1, 4, 5, 6 ];

function record( type, content = Buffer.alloc( 0 ) ) {
	const head = Buffer.from( [ 1, type, 0, 1, content.length >> 8, content.length & 0xff, 0, 0 ] );
	return Buffer.concat( [ head, content ] );
}

function pair( name, value ) {
	const length = ( text ) => {
		const bytes = Buffer.alloc( 4 );
		bytes.writeUInt32BE( ( Buffer.byteLength( text ) | 0x80000000 ) >>> 0 );
		return bytes;
	};
	return Buffer.concat( [ length( name ), length( value ), Buffer.from( name + value ) ] );
}

/** The body of the answer, out of the records of a connection that has ended. */
function body( received ) {
	const parts = [];
	for ( let at = 0; at + 8 <= received.length; ) {
		const size = received.readUInt16BE( at + 4 );
		if ( received[ at + 1 ] === STDOUT ) {
			parts.push( received.subarray( at + 8, at + 8 + size ) );
		}
		at += 8 + size + received[ at + 6 ];
	}
	const text = Buffer.concat( parts ).toString();
	return text.slice( text.indexOf( '\r\n\r\n' ) + 4 );
}

function request( socket, script, args ) {
	const params = {
		SCRIPT_FILENAME: script,
		REQUEST_METHOD: 'GET',
		SERVER_PROTOCOL: 'HTTP/1.1',
		// PHP makes $_SERVER['argv'] of it; fpm-arguments.php makes $argv of that.
		QUERY_STRING: [ script, '--json', ...args ].join( '+' ),
	};
	const pairs = Buffer.concat( Object.entries( params ).map( ( [ name, value ] ) => pair( name, value ) ) );
	return new Promise( ( resolve, reject ) => {
		const received = [];
		const connection = connect( socket );
		connection.setTimeout( ANSWER_DEADLINE_MS, () => connection.destroy( new Error( `${ script } took too long` ) ) );
		connection.on( 'data', ( chunk ) => received.push( chunk ) );
		connection.on( 'error', reject );
		connection.on( 'close', () => resolve( body( Buffer.concat( received ) ) ) );
		connection.end(
			Buffer.concat( [
				record( BEGIN, Buffer.from( [ 0, 1, 0, 0, 0, 0, 0, 0 ] ) ),
				record( PARAMS, pairs ),
				record( PARAMS ),
				record( STDIN ),
			] )
		);
	} );
}

/**
 * Starts PHP-FPM with one worker and hands over a function that runs a script there and reads the JSON it prints.
 *
 * @param {string[]} settings    `name=value` of php.ini.
 * @param {number}   maxRequests After how many requests the worker is replaced; 0 is never.
 * @param {Function} work
 */
export async function withFpm( settings, maxRequests, work ) {
	return withFolder( async ( folder ) => {
		const [ socket, file ] = [ path.join( folder, 'fpm.sock' ), path.join( folder, 'fpm.conf' ) ];
		const user = process.getuid() === 0 ? 'user = root\ngroup = root\n' : '';
		writeFileSync(
			file,
			`[global]\nerror_log = ${ folder }/error.log\n[bench]\n${ user }listen = ${ socket }\n` +
				`pm = static\npm.max_children = 1\npm.max_requests = ${ maxRequests }\n`
		);
		const prepended = path.join( import.meta.dirname, 'fpm-arguments.php' );
		const plain = [ 'max_execution_time=0', 'display_errors=1', 'html_errors=0' ];
		const options = [ ...plain, 'register_argc_argv=1', `auto_prepend_file=${ prepended }`, ...settings ];
		const command = [ PROGRAM, '--nodaemonize', '--allow-to-run-as-root', '--fpm-config', file ];
		const { stop } = await start( folder, [ ...command, ...options.flatMap( ( option ) => [ '-d', option ] ) ], socket );
		try {
			return await work( async ( script, args = [] ) => {
				const text = await request( socket, path.join( import.meta.dirname, script ), args );
				try {
					return JSON.parse( text );
				} catch {
					throw new Error( `${ script } in PHP-FPM printed ${ text.slice( 0, 300 ) }` );
				}
			} );
		} finally {
			await stop();
		}
	} );
}
