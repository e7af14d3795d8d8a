import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Api } from './api.ts';
import { Conversation, type Phase, type Turn } from './conversation.ts';
import { ApiError } from './http.ts';
import type { KeyValueStore } from './storage.ts';
import type { AcceptedJob, Job, StoredConversation } from './types.ts';

function memoryStore( values: Record< string, string > = {} ): KeyValueStore & { values: Map< string, string > } {
	const map = new Map( Object.entries( values ) );
	return {
		values: map,
		get: ( key ) => map.get( key ) ?? null,
		set: ( key, value ) => void map.set( key, value ),
		remove: ( key ) => void map.delete( key ),
	};
}

class RecordingView {
	phases: Phase[] = [];
	turns: string[] = [];
	finished: string[] = [];
	onPhase( phase: Phase ): void {
		this.phases.push( phase );
	}
	onTurns( turns: readonly Turn[] ): void {
		this.turns = turns.map( ( { role, text } ) => `${ role }: ${ text }` );
	}
	onText(): void {}
	onFinished( text: string ): void {
		this.finished.push( text );
	}
	get phase(): Phase | undefined {
		return this.phases.at( -1 );
	}
	get kinds(): string[] {
		return this.phases.map( ( { kind } ) => kind );
	}
}

const ACCEPTED: AcceptedJob = { job_id: 'j', status: 'queued', stream: null };

function ended( status: Job[ 'status' ], text: string | null, code?: string ): Job {
	return {
		id: 'j',
		status,
		result: text === null ? null : { text, finish_reason: 'stop', model: 'm' },
		usage: null,
		error: code === undefined ? null : { code, message: '' },
		created_at: '',
		updated_at: '',
	};
}

/** Answers everything with success, polled; a test replaces what it is about. */
function fakeApi( changes: Partial< Api > = {} ): Api {
	return {
		ask: async () => ACCEPTED,
		job: async () => ( { job: ended( 'succeeded', 'Yes.' ), etag: null } ),
		openStream: async () => null,
		cancel: async () => ended( 'cancelled', null ),
		retry: async () => ACCEPTED,
		conversation: async ( id ) => ( { id, messages: [] } ),
		...changes,
	};
}

test( 'shows the question at once and the answer when it is there', async () => {
	const view = new RecordingView();
	const conversation = new Conversation( fakeApi(), memoryStore(), view );
	const asked = conversation.ask( 'Really?' );
	assert.deepEqual( view.turns, [ 'user: Really?' ] );
	assert.deepEqual( view.kinds, [ 'sending' ] );
	await asked;
	assert.deepEqual( view.turns, [ 'user: Really?', 'assistant: Yes.' ] );
	assert.deepEqual( view.kinds, [ 'sending', 'waiting', 'streaming', 'idle' ] );
	assert.deepEqual( view.finished, [ 'Yes.' ] );
} );

test( 'too many questions: the question goes back to the composer', async () => {
	const view = new RecordingView();
	const ask = async () => {
		throw new ApiError( 'rate_limited', 429, '', 7 );
	};
	const conversation = new Conversation( fakeApi( { ask } ), memoryStore(), view );
	await conversation.ask( 'Again?' );
	assert.deepEqual( view.turns, [] );
	assert.ok( view.phase?.kind === 'limited' );
	assert.equal( view.phase.draft, 'Again?' );
	assert.ok( view.phase.until - Date.now() > 6_000 );
	conversation.endLimit();
	assert.equal( view.phase?.kind, 'idle' );
} );

test( 'a lost connection asks again with the same idempotency key', async () => {
	const keys: string[] = [];
	const ask: Api[ 'ask' ] = async ( { idempotencyKey } ) => {
		keys.push( idempotencyKey );
		if ( keys.length === 1 ) {
			throw new ApiError( 'network_error', 0, '' );
		}
		return ACCEPTED;
	};
	const view = new RecordingView();
	const conversation = new Conversation( fakeApi( { ask } ), memoryStore(), view );
	await conversation.ask( 'Hello?' );
	assert.equal( view.phase?.kind, 'failed' );
	await conversation.tryAgain();
	assert.equal( keys.length, 2 );
	assert.equal( keys[ 0 ], keys[ 1 ] );
	assert.deepEqual( view.turns, [ 'user: Hello?', 'assistant: Yes.' ] );
} );

test( 'a dead job offers to retry that job', async () => {
	const view = new RecordingView();
	const retried: string[] = [];
	let job = ended( 'dead', null, 'provider_failed' );
	const api = fakeApi( {
		job: async () => ( { job, etag: null } ),
		retry: async ( id ) => {
			retried.push( id );
			job = ended( 'succeeded', 'At last.' );
			return ACCEPTED;
		},
	} );
	const conversation = new Conversation( api, memoryStore(), view );
	await conversation.ask( 'Now?' );
	assert.ok( view.phase?.kind === 'failed' );
	assert.equal( view.phase.failure.code, 'provider_failed' );
	await conversation.tryAgain();
	assert.deepEqual( retried, [ 'j' ] );
	assert.deepEqual( view.turns, [ 'user: Now?', 'assistant: At last.' ] );
} );

test( 'a dead job that somebody else retried is followed', async () => {
	const view = new RecordingView();
	let job = ended( 'dead', null, 'provider_failed' );
	const api = fakeApi( {
		job: async () => ( { job, etag: null } ),
		retry: async () => {
			job = ended( 'succeeded', 'By the operator.' );
			throw new ApiError( 'invalid_transition', 409, '' );
		},
	} );
	const conversation = new Conversation( api, memoryStore(), view );
	await conversation.ask( 'Now?' );
	await conversation.tryAgain();
	assert.deepEqual( view.turns, [ 'user: Now?', 'assistant: By the operator.' ] );
} );

test( 'where one may not ask there is nothing to try again', async () => {
	const view = new RecordingView();
	const ask = async () => {
		throw new ApiError( 'anonymous_not_allowed', 403, '' );
	};
	await new Conversation( fakeApi( { ask } ), memoryStore(), view ).ask( 'May I?' );
	assert.ok( view.phase?.kind === 'failed' );
	assert.deepEqual( view.phase.failure, { code: 'anonymous_not_allowed', remedy: { kind: 'none' } } );
} );

test( 'a conversation of a session of the past is replaced by a new one', async () => {
	const store = memoryStore( { conversation: 'old' } );
	const ids: string[] = [];
	const ask: Api[ 'ask' ] = async ( { conversationId } ) => {
		ids.push( conversationId );
		if ( conversationId === 'old' ) {
			throw new ApiError( 'conversation_not_found', 404, '' );
		}
		return ACCEPTED;
	};
	const view = new RecordingView();
	await new Conversation( fakeApi( { ask } ), store, view ).ask( 'Still there?' );
	assert.equal( ids.length, 2 );
	assert.equal( store.values.get( 'conversation' ), ids[ 1 ] );
	assert.equal( view.phase?.kind, 'idle' );
} );

test( 'loading shows the past and goes on with a running job', async () => {
	const message = { id: 1, text: 'Slow?', job_id: 'j', created_at: '' };
	const stored: StoredConversation = { id: 'c', messages: [ { ...message, role: 'user', status: 'running' } ] };
	const view = new RecordingView();
	const api = fakeApi( { conversation: async () => stored } );
	await new Conversation( api, memoryStore( { conversation: 'c' } ), view ).load();
	assert.deepEqual( view.turns, [ 'user: Slow?', 'assistant: Yes.' ] );
	assert.deepEqual( view.kinds, [ 'loading', 'waiting', 'streaming', 'idle' ] );
} );

test( 'loading forgets a conversation that is not ours and keeps one that cannot be read now', async () => {
	for ( const [ status, isKept ] of [ [ 404, false ], [ 500, true ] ] as const ) {
		const store = memoryStore( { conversation: 'c' } );
		const view = new RecordingView();
		const api = fakeApi( {
			conversation: async () => {
				throw new ApiError( 'x', status, '' );
			},
		} );
		await new Conversation( api, store, view ).load();
		assert.equal( store.values.has( 'conversation' ), isKept, `after ${ status }` );
		assert.equal( view.phase?.kind, isKept ? 'failed' : 'idle' );
	}
} );

test( 'stopping ends the waiting at once and cancels the job', async () => {
	const cancelled: string[] = [];
	const view = new RecordingView();
	const api = fakeApi( {
		job: async () => ( { job: ended( 'running', null ), etag: null } ),
		cancel: async ( id ) => {
			cancelled.push( id );
			return ended( 'cancelled', null );
		},
	} );
	const conversation = new Conversation( api, memoryStore(), view );
	const asked = conversation.ask( 'Long story?' );
	while ( view.phase?.kind !== 'waiting' ) {
		await new Promise( ( resolve ) => setImmediate( resolve ) );
	}
	await conversation.stop();
	await asked;
	assert.deepEqual( cancelled, [ 'j' ] );
	assert.equal( view.phase?.kind, 'stopped' );
	assert.equal( conversation.isBusy, false );
} );
