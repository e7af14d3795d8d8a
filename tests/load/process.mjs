// Programs that stay in the foreground, started for a measurement and stopped after it.

import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 10_000;

function answers( address ) {
	return new Promise( ( resolve ) => {
		const socket = connect( address );
		socket.on( 'error', () => resolve( false ) );
		socket.on( 'connect', () => {
			socket.destroy();
			resolve( true );
		} );
	} );
}

/** Starts a program, waits until its socket or port answers, and gives its process id and the function that stops it. */
export async function start( folder, command, address ) {
	const name = path.basename( command[ 0 ] );
	const file = path.join( folder, `${ name }.log` );
	const log = openSync( file, 'w' );
	const child = spawn( command[ 0 ], command.slice( 1 ), { stdio: [ 'ignore', log, log ] } );
	closeSync( log );
	let isOver = false;
	const end = new Promise( ( resolve ) => child.on( 'exit', resolve ).on( 'error', resolve ) ).then( () => ( isOver = true ) );
	const stop = async () => {
		child.kill( 'SIGTERM' );
		const late = setTimeout( () => child.kill( 'SIGKILL' ), STOP_DEADLINE_MS );
		await end;
		clearTimeout( late );
	};
	const deadline = Date.now() + START_DEADLINE_MS;
	while ( ! ( await answers( address ) ) ) {
		if ( isOver || Date.now() > deadline ) {
			await stop();
			throw new Error( `${ name } did not start: ${ readFileSync( file, 'utf8' ).slice( -500 ) }` );
		}
		await sleep( 5 );
	}
	return { pid: child.pid, stop };
}

/** A folder for sockets, whose paths must be short; gone after the work. */
export async function withFolder( work ) {
	const folder = mkdtempSync( path.join( tmpdir(), 'platen-bench-' ) );
	try {
		return await work( folder );
	} finally {
		rmSync( folder, { recursive: true, force: true } );
	}
}
