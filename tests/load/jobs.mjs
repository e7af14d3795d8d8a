// The queue: how fast jobs are taken and done, what a million of them cost, and what one would pick instead.

import { measurements } from './queues.mjs';
import { describeNoise, watch } from './machine.mjs';
import { report } from './report.mjs';
import { meets, tables } from './table.mjs';

const ABOUT = `A row in bold is ours, with its bar; the rows below it do the same work with something else, in the same run.
The last column says how many times as good ours is: 3 × is a third of the time or three times the rate, and below 1 the other one is better.
A submit is durable when it is answered: the daemon commits with an fsync, and many callers share one.
Jobs are chats of about 400 bytes of JSON, of 1 000 users, each with an idempotency key; the daemon looks for the same key, the same id and the same input before it keeps one.
Redis takes commands of that size and looks for nothing; \`always\` waits for the disk as we do, \`everysec\` may lose a second.
Action Scheduler is no package of a registry: its tables and statements stand for it, from PHP, a process for each connection. graphile-worker is called from one Node.js process, and its jobs do nothing; ours ask a provider and tell their site. What is *taken and completed* was there when the clock began; ours, and what is *added and completed*, was not.
Client and daemon share the machine.`;

const notes = [];
const rows = {};
const failed = [];
const before = await watch();
if ( ! describeNoise( [ before, before ] ).isQuiet ) {
	console.error( `bench: the machine is busy (${ Math.round( before.busy * 100 ) } % taken by others); wait, or do not trust the figures` );
}
const began = Date.now();
for ( const { name, measure } of measurements ) {
	const started = Date.now();
	try {
		await measure( rows, ( note ) => notes.push( note ) );
	} catch ( error ) {
		failed.push( name );
		notes.push( `${ name } could not be measured: ${ error.message.split( '\n' )[ 0 ] }` );
	}
	console.error( `bench: ${ name }, ${ Math.round( ( Date.now() - started ) / 1000 ) } s` );
}
const noise = describeNoise( [ before, await watch() ] );

const figures = Object.fromEntries( Object.entries( rows ).map( ( [ name, { beside, ...figure } ] ) => [ name, figure ] ) );
const about = [ ABOUT, ...notes, `The run took ${ Math.round( ( Date.now() - began ) / 1000 ) } s. ${ noise.text }` ].join( '\n' );
report( 'jobs', 'The queue', about, tables( rows ), figures );

notes.forEach( ( note ) => console.error( `bench: ${ note }` ) );
const missed = Object.keys( figures ).filter( ( name ) => figures[ name ].bar !== null && ! meets( figures[ name ] ) );
missed.forEach( ( name ) => console.error( `bench: missed: ${ name }` ) );
if ( ! noise.isQuiet ) {
	console.error( 'bench: the machine was busy, so the figures are not to be trusted' );
}
process.exitCode = failed.length > 0 ? 1 : 0;
