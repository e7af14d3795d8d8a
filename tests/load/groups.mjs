// What is measured, in the order of the run: each group gives rows `{name: {value, bar, unit, better, beside?}}`.
// `beside` marks a peer: it names our row for the same work, or the beginning of its name. So does a name that is the
// name of our row and something in brackets.

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

import { withFpm } from './fpm.mjs';
import { library, php, root, run } from './machine.mjs';
import { withFolder } from './process.mjs';
import { quantile } from './report.mjs';
import { withServices } from './services.mjs';

const TURNS = 3;
const STARTS = 60;
const FRESH_PROCESSES = 5;

const peers = path.join( root, 'target/peers/release/platen-peers' );
const python = path.join( root, 'target/tools/peers/bin/python3' );
const vocabulary = path.join( root, 'src/core/data/o200k_base.tiktoken' );
const peer = ( beside, value, unit, better = 'lower' ) => ( { value, bar: null, unit, better, beside } );

/** The same work done by somebody else. */
function asPeers( rows, label ) {
	return Object.fromEntries( Object.entries( rows ).map( ( [ name, row ] ) => [ `${ name } (${ label })`, { ...row, bar: null } ] ) );
}

/** The same messages counted by all, in turns; the best turn counts. */
const countingBesidePeers = ( note ) =>
	withFolder( ( folder ) => {
		const turns = [
			() => php( 'peers/count-messages.php', { args: [ folder, 'write' ] } ),
			() => run( [ peers, 'tokens', folder ] ),
		];
		if ( existsSync( python ) ) {
			turns.push( () => run( [ python, path.join( import.meta.dirname, 'peers/tokens.py' ), folder, vocabulary ] ) );
		} else {
			note( "Python's tiktoken is left out: target/tools/peers is missing." );
		}
		const best = {};
		for ( let turn = 0; turn < TURNS; turn++ ) {
			for ( const [ who, corpora ] of turns.flatMap( ( begin ) => Object.entries( begin() ) ) ) {
				for ( const [ corpus, { rate, tokens } ] of Object.entries( corpora ) ) {
					const seen = ( best[ corpus ] ??= {} );
					seen[ who ] = { rate: Math.max( rate, seen[ who ]?.rate ?? 0 ), tokens };
				}
			}
		}
		return countingRows( best );
	} );

function countingRows( best ) {
	const rows = {};
	for ( const [ corpus, { platen, ...others } ] of Object.entries( best ) ) {
		const ours = `count_tokens beside its peers, ${ corpus }`;
		rows[ ours ] = { value: platen.rate, bar: corpus === 'languages' ? 50 : 100, unit: 'MB/s', better: 'higher' };
		for ( const [ who, { rate, tokens } ] of Object.entries( others ) ) {
			if ( tokens !== platen.tokens ) {
				throw new Error( `${ who } counts ${ tokens } tokens in ${ corpus }, we count ${ platen.tokens }` );
			}
			rows[ `${ who }, ${ corpus }` ] = peer( ours, rate, 'MB/s', 'higher' );
		}
	}
	return rows;
}

/** The first count in fresh workers of PHP-FPM, and what the peers need to load their vocabulary in fresh processes. */
async function firstUse() {
	const middle = ( runs, key ) => quantile( runs.map( ( each ) => each[ key ] ) );
	const workers = await withFpm( [ `extension=${ library }` ], 1, async ( ask ) => {
		const runs = [];
		for ( let fresh = 0; fresh < FRESH_PROCESSES; fresh++ ) {
			runs.push( await ask( 'first-use.php' ) );
		}
		return runs;
	} );
	const [ time, memory ] = [ 'first use in a PHP-FPM worker', 'first use in a PHP-FPM worker, private memory' ];
	const rows = {
		[ time ]: { value: middle( workers, 'ms' ), bar: 1, unit: 'ms', better: 'lower' },
		[ memory ]: { value: middle( workers, 'kib' ), bar: 1024, unit: 'KiB', better: 'lower' },
	};
	for ( const name of [ 'bpe-openai', 'tiktoken-rs', 'tiktoken (crate)' ] ) {
		const runs = Array.from( { length: FRESH_PROCESSES }, () => run( [ peers, 'first', name ] ) );
		rows[ `${ name }, first use` ] = peer( time, middle( runs, 'ms' ), 'ms' );
		rows[ `${ name }, first use, private memory` ] = peer( memory, middle( runs, 'kib' ), 'KiB' );
	}
	return rows;
}

/** The signing functions, jsonwebtoken with the same keys, and the library in PHP with the same script. */
const signing = () =>
	withFolder( ( folder ) => {
		for ( const name of [ 'rsa', 'ec' ] ) {
			const key = path.join( root, `tests/vectors/jwt/keys/${ name }.pem` );
			copyFileSync( key, path.join( folder, `${ name }.pem` ) );
			execFileSync( 'openssl', [ 'pkey', '-in', key, '-pubout', '-out', path.join( folder, `${ name }.pub.pem` ) ] );
		}
		const rows = php( 'signing.php' );
		const inRust = Object.entries( run( [ peers, 'signing', folder ] ) );
		const rust = Object.fromEntries( inRust.map( ( [ name, value ] ) => [ name, { value, unit: 'us', better: 'lower' } ] ) );
		const inPhp = php( 'signing.php', { without: true } );
		return { ...rows, ...asPeers( rust, 'jsonwebtoken' ), ...asPeers( inPhp, 'our library in PHP' ) };
	} );

/** What the library costs before anybody calls it. */
function theLibrary() {
	const stripped = path.join( root, 'target/bench/stripped.so' );
	mkdirSync( path.dirname( stripped ), { recursive: true } );
	execFileSync( 'strip', [ '-o', stripped, library ] );
	const bytes = statSync( stripped ).size;
	rmSync( stripped );

	const start = ( options ) => {
		const began = performance.now();
		execFileSync( 'taskset', [ '--cpu-list', '0', 'php', ...options, '-v' ], { stdio: 'ignore' } );
		return performance.now() - began;
	};
	// One after the other, and the difference of each pair: what the machine does meanwhile meets both.
	const starts = Array.from( { length: STARTS }, () => [ start( [] ), start( [ '-d', `extension=${ library }` ] ) ] );
	const [ plain, added ] = [ quantile( starts.map( ( [ a ] ) => a ) ), quantile( starts.map( ( [ a, b ] ) => b - a ) ) ];
	return {
		'platen.so, stripped': { value: bytes / 1e6, bar: 20, unit: 'MB', better: 'lower' },
		'php -v, added by the extension': { value: added, bar: 3, unit: 'ms', better: 'lower' },
		'php -v, without it': { value: plain, bar: null, unit: 'ms', better: 'lower' },
	};
}

/** What a site has without us, over services of its own, in a worker of PHP-FPM. */
async function stores( note ) {
	const rows = {};
	await withServices( [ 'mariadb', 'redis', 'nginx' ], async ( { mariadb, redis, nginx }, missing ) => {
		missing.forEach( ( reason ) => note( `Left out, because it did not start: ${ reason }` ) );
		if ( mariadb && nginx ) {
			const args = [ mariadb.socket, nginx.url, 'install' ];
			php( 'peers/wordpress.php', { without: true, alone: false, args } );
		}
		await withFpm( [], 0, async ( ask ) => {
			if ( redis ) {
				Object.assign( rows, await ask( 'peers/stores.php', [ redis.socket ] ) );
			}
			if ( mariadb && nginx ) {
				Object.assign( rows, await ask( 'peers/wordpress.php', [ mariadb.socket, nginx.url ] ) );
			}
		} );
	} );
	return rows;
}

const script = ( name, options ) => ( { name, measure: () => php( name, options ) } );

/** A script that measures in a worker of PHP-FPM, where a site calls. */
const inFpm = ( name ) => ( {
	name,
	measure: () => withFpm( [ `extension=${ library }` ], 0, ( ask ) => ask( name ) ),
} );

export const groups = [
	script( 'tokens.php' ),
	{ name: 'tokens beside peers', measure: countingBesidePeers },
	{ name: 'first use', measure: firstUse },
	{ name: 'signing.php', measure: signing },
	script( 'calls.php' ),
	{ name: 'library', measure: theLibrary },
	script( 'cache.php', { alone: false, seconds: 240 } ),
	inFpm( 'jobs.php' ),
	{ name: 'stores', measure: stores },
].filter( ( { name } ) => ! name.endsWith( '.php' ) || existsSync( path.join( import.meta.dirname, name ) ) );
