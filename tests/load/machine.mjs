// The machine that is measured on: where a script runs, and whether it is alone.

import { execFileSync } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const root = path.resolve( import.meta.dirname, '../..' );
export const library = process.env.PLATEN_LIBRARY ?? path.join( root, 'target/release/libplaten.so' );

/** What others may take of all processors before figures are not to be trusted. */
const QUIET_SHARE = 0.05;

/**
 * Runs a command and reads the JSON it prints.
 *
 * @param {string[]} command
 * @param {Object}   options
 * @param {boolean}  options.alone   Keeps it on the last processor, where fewest interrupts arrive. Not for commands
 *                                   that measure how two processes speak with each other.
 * @param {number}   options.seconds When it is given up.
 * @param {string}   options.input   What it reads from standard input.
 */
export function run( command, { alone = true, seconds = 120, input } = {} ) {
	const cpu = availableParallelism() - 1;
	const [ program, ...args ] = alone && cpu > 0 ? [ 'taskset', '--cpu-list', String( cpu ), ...command ] : command;
	const output = execFileSync( program, args, {
		input,
		stdio: [ 'pipe', 'pipe', 'inherit' ],
		timeout: seconds * 1000,
		maxBuffer: 2 ** 26,
	} );
	return JSON.parse( output );
}

/** Runs a PHP script of this folder with the extension. */
export const php = ( script, options = {} ) =>
	run(
		[
			'php',
			...( options.without ? [] : [ '-d', `extension=${ library }` ] ),
			...( options.settings ?? [] ).flatMap( ( setting ) => [ '-d', setting ] ),
			path.join( import.meta.dirname, script ),
			'--json',
			...( options.args ?? [] ),
		],
		options
	);

function processorTimes() {
	const [ , ...times ] = readFileSync( '/proc/stat', 'utf8' ).split( '\n' )[ 0 ].split( /\s+/ ).map( Number );
	const all = times.slice( 0, 8 ).reduce( ( sum, time ) => sum + time );
	return { all, idle: times[ 3 ] + times[ 4 ], stolen: times[ 7 ] };
}

/** Watches the machine while nothing of ours runs. */
export async function watch( seconds = 2 ) {
	const before = processorTimes();
	await sleep( seconds * 1000 );
	const after = processorTimes();
	const all = after.all - before.all;
	return {
		busy: 1 - ( after.idle - before.idle ) / all,
		stolen: ( after.stolen - before.stolen ) / all,
		load: loadavg()[ 0 ],
	};
}

/** One sentence on how quiet the machine was, and whether the figures may be trusted. */
export function describeNoise( [ before, after ] ) {
	const percent = ( share ) => `${ Math.round( share * 100 ) } %`;
	const isQuiet = Math.max( before.busy, after.busy ) <= QUIET_SHARE;
	const seen = `Others took ${ percent( before.busy ) } of the processors before the run and ${ percent( after.busy ) } after it`;
	const load = `the load was ${ before.load.toFixed( 2 ) } and ${ after.load.toFixed( 2 ) }`;
	return {
		isQuiet,
		text: `${ seen }; ${ load }.` + ( isQuiet ? '' : '\n**The machine was busy: these figures are too high, and their ratios vague.**' ),
	};
}
