import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import type { Api, PolledJob } from './api.ts';
import { type Ending, followJob } from './follow.ts';
import { ApiError } from './http.ts';
import type { Job, JobStatus } from './types.ts';

const realFetch = globalThis.fetch;
afterEach( () => {
	globalThis.fetch = realFetch;
} );

type Connection = string | ApiError;

/** Serves the connections in order; records what each was asked with. */
function serve( connections: Connection[] ): Array< { url: string; lastEventId: string | null } > {
	const requests: Array< { url: string; lastEventId: string | null } > = [];
	globalThis.fetch = async ( url, init ) => {
		const lastEventId = new Headers( init?.headers ).get( 'Last-Event-ID' );
		requests.push( { url: String( url ), lastEventId } );
		const connection = connections.shift();
		if ( connection === undefined ) {
			throw new TypeError( 'connection refused' );
		}
		return connection instanceof ApiError
			? Response.json( { error: { code: connection.code, message: '' } }, { status: connection.status } )
			: new Response( connection, { headers: { 'Content-Type': 'text/event-stream' } } );
	};
	return requests;
}

function event( id: string, name: string, data: unknown ): string {
	return `id: ${ id }\nevent: ${ name }\ndata: ${ JSON.stringify( data ) }\n\n`;
}

function job( status: JobStatus, text: string | null = null ): PolledJob {
	const result = text === null ? null : { text, finish_reason: 'stop', model: 'm' };
	return { job: { id: 'j', status, result, error: null } as unknown as Job, etag: `"${ status }"` };
}

/** Answers polls and token requests in order; the last of each is repeated. */
function fakeApi( polls: PolledJob[], streams: Array< string | null > ): Api {
	const next = < T >( list: T[] ) => ( list.length > 1 ? list.shift() : list[ 0 ] ) as T;
	const unused = () => Promise.reject( new Error( 'not part of following a job' ) );
	return {
		ask: unused,
		cancel: unused,
		retry: unused,
		conversation: unused,
		job: async () => next( polls ),
		openStream: async () => next( streams ),
	};
}

async function follow( api: Api, stream: string | null ): Promise< { ending: Ending; told: string[] } > {
	const told: string[] = [];
	const ending = await followJob(
		api,
		{ id: 'j', stream },
		{
			onWaiting: ( isQueued ) => told.push( isQueued ? 'queued' : 'waiting' ),
			onText: ( text ) => told.push( text ),
			onReset: () => told.push( 'reset' ),
			onInterrupted: () => told.push( 'interrupted' ),
		},
		AbortSignal.timeout( 10_000 )
	);
	return { ending, told };
}

const DONE = event( '1-9', 'done', { status: 'succeeded', usage: null, error: null } );

test( 'tells what one connection brings', async () => {
	serve( [ event( '1-0', 'status', { status: 'running' } ) + event( '1-1', 'delta', { text: 'Hel' } ) + event( '1-2', 'delta', { text: 'lo' } ) + DONE ] );
	const { ending, told } = await follow( fakeApi( [], [] ), '/stream?1' );
	assert.deepEqual( told, [ 'waiting', 'Hel', 'lo' ] );
	assert.deepEqual( ending, { status: 'succeeded', text: null, error: null } );
} );

test( 'goes on with a new token and the last id where the stream broke off', async () => {
	const requests = serve( [
		event( '1-1', 'delta', { text: 'one ' } ),
		event( '2-0', 'reset', { attempt: 2 } ) + event( '2-1', 'delta', { text: 'two' } ) + DONE,
	] );
	const { told } = await follow( fakeApi( [], [ '/stream?2' ] ), '/stream?1' );
	assert.deepEqual( told, [ 'one ', 'reset', 'two' ] );
	assert.deepEqual( requests, [
		{ url: '/stream?1', lastEventId: null },
		{ url: '/stream?2', lastEventId: '1-1' },
	] );
} );

test( 'polls while there is no stream, and streams once the job runs', async () => {
	serve( [ event( '1-1', 'delta', { text: 'hi' } ) + DONE ] );
	const { told, ending } = await follow( fakeApi( [ job( 'queued' ), job( 'running' ) ], [ '/stream?1' ] ), null );
	assert.deepEqual( told, [ 'queued', 'waiting', 'hi' ] );
	assert.equal( ending.status, 'succeeded' );
} );

test( 'takes the answer from the poll when the job ended meanwhile', async () => {
	const { ending } = await follow( fakeApi( [ job( 'succeeded', 'whole' ) ], [ null ] ), null );
	assert.deepEqual( ending, { status: 'succeeded', text: 'whole', error: null } );
} );

test( 'a spent token is a lost connection and not the end', async () => {
	serve( [ new ApiError( 'token_used', 401, '' ), event( '1-1', 'delta', { text: 'hi' } ) + DONE ] );
	const { told } = await follow( fakeApi( [], [ '/stream?2' ] ), '/stream?1' );
	assert.deepEqual( told, [ 'hi' ] );
} );

test( 'says that the answer is interrupted when the first try does not bring it back', async () => {
	serve( [
		event( '1-1', 'delta', { text: 'one ' } ),
		new ApiError( 'unavailable', 502, '' ),
		event( '1-2', 'delta', { text: 'two' } ) + DONE,
	] );
	const { told } = await follow( fakeApi( [], [ '/stream?2', '/stream?3' ] ), '/stream?1' );
	assert.deepEqual( told, [ 'one ', 'interrupted', 'two' ] );
} );

test( 'an event that is not JSON is a lost connection too', async () => {
	serve( [ 'id: 1-1\nevent: delta\ndata: {"te\n\n', event( '1-1', 'delta', { text: 'hi' } ) + DONE ] );
	const { told } = await follow( fakeApi( [], [ '/stream?2' ] ), '/stream?1' );
	assert.deepEqual( told, [ 'hi' ] );
} );

test( 'ends when WordPress does not know the job', async () => {
	const api = { ...fakeApi( [], [] ), job: () => Promise.reject( new ApiError( 'job_not_found', 404, '' ) ) };
	await assert.rejects( follow( api, null ), { code: 'job_not_found' } );
} );
