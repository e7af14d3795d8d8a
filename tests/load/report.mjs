// Keeps each benchmark's newest table in docs/benchmarks.md, between its own markers, and its figures as JSON.

import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve( import.meta.dirname, '../..' );

function machine() {
	const memory = Math.round( totalmem() / 2 ** 30 );
	const php = execFileSync( 'php', [ '-r', 'echo PHP_VERSION;' ] ).toString();
	return `${ cpus().length } × ${ cpus()[ 0 ].model.trim() }, ${ memory } GiB, PHP ${ php }`;
}

/** The middle value of a list of numbers; `share` picks another quantile. */
export function quantile( values, share = 0.5 ) {
	const sorted = [ ...values ].sort( ( a, b ) => a - b );
	return sorted[ Math.min( sorted.length - 1, Math.floor( sorted.length * share ) ) ];
}

function render( [ heading, [ head, ...rows ] ] ) {
	const line = ( cells ) => `| ${ cells.join( ' | ' ) } |`;
	const table = [ line( head ), line( head.map( () => '---' ) ), ...rows.map( line ) ].join( '\n' );
	return heading === '' ? table : `### ${ heading }\n\n${ table }`;
}

/**
 * Writes one benchmark's result.
 *
 * @param {string}     name    Names the markers and the JSON file.
 * @param {string}     title   The section's heading.
 * @param {string}     about   What was measured and how, one sentence per line.
 * @param {Array}      tables  `[heading, rows][]`; the first row of each is its head, and a heading may be ''.
 * @param {Object}     figures `{name: {value, bar, unit, better}}`.
 */
export function report( name, title, about, tables, figures ) {
	const rendered = tables.map( render ).join( '\n\n' );
	console.log( `\n${ title }\n\n${ rendered }\n` );

	mkdirSync( path.join( root, 'target/bench' ), { recursive: true } );
	writeFileSync( path.join( root, `target/bench/${ name }.json` ), JSON.stringify( figures, null, 2 ) + '\n' );

	const file = path.join( root, 'docs/benchmarks.md' );
	const [ begin, end ] = [ `<!-- ${ name } -->`, `<!-- /${ name } -->` ];
	const date = new Date().toISOString().slice( 0, 10 );
	const section = `${ begin }\n## ${ title }\n\n${ about }\nMeasured ${ date } on ${ machine() }.\n\n${ rendered }\n${ end }`;
	const before = existsSync( file )
		? readFileSync( file, 'utf8' )
		: '# Benchmarks\n\nWritten by `make bench`; trust the ratios inside one run more than single figures.\n';
	const found = new RegExp( `${ begin }[\\s\\S]*${ end }` );
	writeFileSync( file, found.test( before ) ? before.replace( found, () => section ) : `${ before }\n${ section }\n` );
}
