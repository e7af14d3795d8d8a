// What a chat post costs, beside an empty authenticated route and beside calling the model from PHP.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { quantile, report } from './report.mjs';

const ROUNDS = 120;
const WARM_UP = 20;
const BAR_MS = 10;
const MINUTE_MS = 60_000;
const AFTER_ANSWER_MS = 30;

const root = path.resolve( import.meta.dirname, '../..' );
const dir = path.join( root, 'target/bench/stack' );
const stack = ( ...args ) =>
	execFileSync( path.join( root, 'deploy/stack/stack' ), args, { stdio: [ 'ignore', 'pipe', 'inherit' ] } ).toString();
const agent = new http.Agent( { keepAlive: true, maxSockets: 1 } );

function request( site, method, route, body ) {
	const options = {
		method,
		agent,
		timeout: 2 * MINUTE_MS,
		headers: { 'Content-Type': 'application/json', Authorization: site.authorization },
	};
	return new Promise( ( resolve, reject ) => {
		const started = performance.now();
		const sent = http.request( `${ site.url }/wp-json/${ route }`, options, ( response ) => {
			let text = '';
			response.on( 'data', ( chunk ) => ( text += chunk ) );
			response.on( 'end', () => {
				const ms = performance.now() - started;
				resolve( { ms, status: response.statusCode, text } );
			} );
		} );
		sent.on( 'timeout', () => sent.destroy( new Error( `${ route } timed out` ) ) );
		sent.on( 'error', reject );
		sent.end( body && JSON.stringify( body ) );
	} );
}

const post = ( site, route, body ) => request( site, 'POST', route, body );

async function expectStatus( answer, status ) {
	const { ms, status: actual, text } = await answer;
	if ( actual !== status ) {
		throw new Error( `expected ${ status }, got ${ actual }: ${ text }` );
	}
	return { ms, body: JSON.parse( text ) };
}

let question = 0;
const chat = ( site ) =>
	expectStatus(
		post( site, 'ai/v1/chat', {
			conversation_id: crypto.randomUUID(),
			message: `Question ${ ++question }: what does the chat post cost?`,
		} ),
		202
	);
const empty = ( site ) => expectStatus( post( site, 'bench/v1/empty', { message: 'nothing' } ), 202 );

/** Waits for the end of a job, so that its webhook does not run beside the next measured request. */
async function ended( site, job ) {
	for ( let tries = 0; tries < 200; tries++ ) {
		const answer = await expectStatus( request( site, 'GET', `ai/v1/jobs/${ job }` ), 200 );
		if ( answer.body.status === 'succeeded' ) {
			return;
		}
		await sleep( 20 );
	}
	throw new Error( `job ${ job } did not end` );
}

/** Times both routes in turn, so that the machine's drift meets both. */
async function compare( site, doesEnd ) {
	const times = { chat: [], empty: [] };
	for ( let round = -WARM_UP; round < ROUNDS; round++ ) {
		const base = await empty( site );
		const ours = await chat( site );
		if ( round >= 0 ) {
			times.empty.push( base.ms );
			times.chat.push( ours.ms );
		}
		// What follows an answer is done by then: the note of the hand-off, and the webhook.
		await ( doesEnd ? ended( site, ours.body.job_id ) : sleep( AFTER_ANSWER_MS ) );
	}
	return times;
}

async function script( site, behaviour ) {
	await fetch( `${ site.fake_provider_url }/_scripts`, { method: 'DELETE' } );
	await fetch( `${ site.fake_provider_url }/_scripts`, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify( { behaviour } ),
	} );
}

function bringUp() {
	// The stack makes folders for its own user only, and other measurements have servers of other users beside it.
	mkdirSync( path.dirname( dir ), { recursive: true } );
	stack( 'up', '--dir', dir, '--provider', 'fake' );
	const site = JSON.parse( readFileSync( path.join( dir, 'stack.json' ), 'utf8' ) );
	const login = `${ site.admin_user }:${ site.application_password }`;
	site.authorization = `Basic ${ Buffer.from( login ).toString( 'base64' ) }`;
	mkdirSync( path.join( site.wp_path, 'wp-content/mu-plugins' ), { recursive: true } );
	const routes = path.join( site.wp_path, 'wp-content/mu-plugins/bench-routes.php' );
	copyFileSync( path.join( import.meta.dirname, 'bench-routes.php' ), routes );
	stack( 'wp', '--dir', dir, '--', 'option', 'update', 'bench_provider', site.fake_provider_url );
	stack( 'wp', '--dir', dir, '--', 'option', 'patch', 'insert', 'platen_settings', 'rate_limit', '100000', '--format=json' );
	return site;
}

async function measure( site ) {
	const cases = [
		[ 'quick model', { text: 'An answer.' }, null ],
		[ 'model takes a minute', { latency_ms: MINUTE_MS }, null ],
		[ 'daemon hangs (SIGSTOP)', { text: 'An answer.' }, [ 'pause', 'resume' ] ],
		[ 'daemon away', { text: 'An answer.' }, [ 'kill', 'start' ] ],
	];
	const rows = [];
	for ( const [ name, behaviour, daemon ] of cases ) {
		await script( site, behaviour );
		if ( daemon ) {
			stack( 'daemon', daemon[ 0 ], '--dir', dir );
		}
		const times = await compare( site, name === 'quick model' );
		if ( daemon ) {
			stack( 'daemon', daemon[ 1 ], '--dir', dir );
		}
		rows.push( { name, ...times } );
	}

	await script( site, { latency_ms: 1000, text: 'An answer.' } );
	const calls = [];
	for ( let round = 0; round < 5; round++ ) {
		const call = post( site, 'bench/v1/call-the-model', { message: 'How long?' } );
		calls.push( ( await expectStatus( call, 200 ) ).ms );
	}
	return { rows, calls };
}

function publish( { rows, calls } ) {
	const ms = ( value ) => value.toFixed( 1 );
	const figures = {};
	const table = [ [ 'case', 'empty route, ms', 'chat post, ms', 'added, ms (median)', 'ratio', 'chat post p95, ms' ] ];
	for ( const { name, chat: ours, empty: base } of rows ) {
		const [ a, b ] = [ quantile( ours ), quantile( base ) ];
		table.push( [ name, ms( b ), ms( a ), ms( a - b ), ( a / b ).toFixed( 2 ), ms( quantile( ours, 0.95 ) ) ] );
		figures[ `chat post added, ${ name }` ] = { value: a - b, bar: BAR_MS, unit: 'ms', better: 'lower' };
	}
	const base = quantile( rows[ 0 ].empty );
	const sync = quantile( calls );
	table.push( [
		'instead: `wp_remote_post` to a model that takes 1 s',
		ms( base ),
		ms( sync ),
		ms( sync - base ),
		( sync / base ).toFixed( 2 ),
		ms( quantile( calls, 0.95 ) ),
	] );
	const about =
		'WordPress 7.1.1 on SQLite, PHP-FPM, nginx, one keep-alive connection, application password; the routes are called in turn.\n' +
		`${ ROUNDS } rounds after ${ WARM_UP } to warm up; the bar is ${ BAR_MS } ms added at the median.\n` +
		`A hung daemon costs three requests their deadline of 50 ms, then one request a second.`;
	report( 'rest', 'A chat post over REST', about, [ [ '', table ] ], figures );
}

try {
	publish( await measure( bringUp() ) );
} finally {
	agent.destroy();
	stack( 'down', '--dir', dir );
}
