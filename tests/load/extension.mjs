// The native functions as PHP calls them, with the bars they must meet.

import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { report } from './report.mjs';

const root = path.resolve( import.meta.dirname, '../..' );
const extension = path.join( root, 'target/release/libplaten.so' );

function measure( script ) {
	const args = [ '-d', `extension=${ extension }`, path.join( import.meta.dirname, script ), '--json' ];
	return JSON.parse( execFileSync( 'php', args, { stdio: [ 'ignore', 'pipe', 'inherit' ], timeout: 300_000 } ) );
}

function meets( { value, bar, better } ) {
	if ( bar === null ) {
		return '';
	}
	return ( better === 'lower' ? value <= bar : value >= bar ) ? 'yes' : '**no**';
}

const figures = { ...measure( 'tokens.php' ), ...measure( 'signing.php' ) };
const rows = Object.entries( figures ).map( ( [ name, figure ] ) => [
	name,
	`${ Number( figure.value.toPrecision( 4 ) ) } ${ figure.unit }`,
	figure.bar === null ? '' : `${ figure.better === 'lower' ? '≤' : '≥' } ${ figure.bar }`,
	meets( figure ),
] );
const about =
	'Called from the PHP command line, one process; token figures are the quickest of several rounds, signing figures medians of short batches.\n' +
	'Every round counts the same texts again, so the cache of pieces is warm; texts that share few words are slower.\n' +
	'Rows named "(PHP)" are what PHP itself has for the same work.';
report( 'extension', 'The native functions', about, [ [ 'what', 'value', 'bar', 'met' ], ...rows ], figures );
