// The native functions as PHP calls them, with the bars they must meet and what one would pick instead.

import { groups } from './groups.mjs';
import { describeNoise, watch } from './machine.mjs';
import { report } from './report.mjs';
import { meets, tables } from './table.mjs';

const ABOUT = `Read down: a row in bold is ours, called from PHP, with its bar; the rows below it do the same work with something else, in the same run.
The last column says how many times as good ours is: 3 × is a third of the time or three times the rate, and below 1 the other one is better.
Libraries in Rust and Python are called from their own language, so they do not pay for a call from PHP.
Token rates and calls are the quickest of many rounds, everything else is a median; scripts of one process run on one processor.
Trust the ratios more than the figures.`;

const LEFT_OUT = [
	'firebase/php-jwt and yethee/tiktoken-php are left out: no registry but Packagist has them. Our library in PHP stands for firebase/php-jwt: it does the same work with the same functions of PHP.',
	'Action Scheduler is left out for the same reason; its tables and statements stand for it.',
];

const notes = [];
const rows = {};
const failed = [];
const before = await watch();
if ( ! describeNoise( [ before, before ] ).isQuiet ) {
	console.error( `bench: the machine is busy (${ Math.round( before.busy * 100 ) } % taken by others); wait, or do not trust the figures` );
}
const began = Date.now();
for ( const { name, measure } of groups ) {
	const started = Date.now();
	try {
		Object.assign( rows, await measure( ( note ) => notes.push( note ) ) );
	} catch ( error ) {
		failed.push( name );
		notes.push( `${ name } could not be measured: ${ error.message.split( '\n' )[ 0 ] }` );
	}
	console.error( `bench: ${ name }, ${ Math.round( ( Date.now() - started ) / 1000 ) } s` );
}
const noise = describeNoise( [ before, await watch() ] );

const figures = Object.fromEntries( Object.entries( rows ).map( ( [ name, { beside, ...figure } ] ) => [ name, figure ] ) );
const about = [ ABOUT, ...LEFT_OUT, ...notes, `The run took ${ Math.round( ( Date.now() - began ) / 1000 ) } s. ${ noise.text }` ].join( '\n' );
report( 'extension', 'The native functions', about, tables( rows ), figures );

notes.forEach( ( note ) => console.error( `bench: ${ note }` ) );
const missed = Object.keys( figures ).filter( ( name ) => figures[ name ].bar !== null && ! meets( figures[ name ] ) );
missed.forEach( ( name ) => console.error( `bench: missed: ${ name }` ) );
if ( ! noise.isQuiet ) {
	console.error( 'bench: the machine was busy, so the figures are not to be trusted' );
}
process.exitCode = failed.length > 0 ? 1 : 0;
