import { ApiError, type JsonAnswer, requestJson } from './http.ts';
import type { Credentials } from './session.ts';
import type { AcceptedJob, Job, StoredConversation } from './types.ts';

export interface Question {
	conversationId: string;
	message: string;
	/** The same for every try of one question, so that a lost answer does not ask it twice. */
	idempotencyKey: string;
}

/** A polled job: null when it did not change since the given `etag`. */
export interface PolledJob {
	job: Job | null;
	etag: string | null;
}

export interface Api {
	ask( question: Question, signal: AbortSignal ): Promise< AcceptedJob >;
	job( id: string, etag: string | null, signal: AbortSignal ): Promise< PolledJob >;
	openStream( jobId: string, signal: AbortSignal ): Promise< string | null >;
	cancel( jobId: string, signal: AbortSignal ): Promise< Job >;
	retry( jobId: string, signal: AbortSignal ): Promise< AcceptedJob >;
	conversation( id: string, signal: AbortSignal ): Promise< StoredConversation >;
}

const TIMEOUT_MS = 15_000;

/** One function per route of `ai/v1`; each throws `ApiError` and ends within its deadline. */
export function createApi( root: string, credentials: Credentials ): Api {
	const send = ( request: RouteRequest ) => sendRoute( root, credentials, request );
	return {
		async ask( question, signal ) {
			const body = {
				conversation_id: question.conversationId,
				message: question.message,
				idempotency_key: question.idempotencyKey,
			};
			const answer = await send( { method: 'POST', path: '/chat', body, signal } );
			return answer.body as AcceptedJob;
		},
		async job( id, etag, signal ) {
			const headers: Record< string, string > = etag === null ? {} : { 'If-None-Match': etag };
			const answer = await send( { method: 'GET', path: `/jobs/${ id }`, headers, signal } );
			return {
				job: answer.body as Job | null,
				etag: answer.headers.get( 'ETag' ) ?? etag,
			};
		},
		async openStream( jobId, signal ) {
			const answer = await send( { method: 'POST', path: `/jobs/${ jobId }/stream`, signal } );
			return ( answer.body as { stream: string | null } ).stream;
		},
		async cancel( jobId, signal ) {
			const answer = await send( { method: 'POST', path: `/jobs/${ jobId }/cancel`, signal } );
			return answer.body as Job;
		},
		async retry( jobId, signal ) {
			const answer = await send( { method: 'POST', path: `/jobs/${ jobId }/retry`, signal } );
			return answer.body as AcceptedJob;
		},
		async conversation( id, signal ) {
			const answer = await send( { method: 'GET', path: `/conversations/${ id }`, signal } );
			return answer.body as StoredConversation;
		},
	};
}

interface RouteRequest {
	method: 'GET' | 'POST';
	path: string;
	headers?: Record< string, string >;
	body?: unknown;
	signal: AbortSignal;
}

/** Sends a request; when the credentials are refused, renews them and sends it once more. */
async function sendRoute(
	root: string,
	credentials: Credentials,
	request: RouteRequest
): Promise< JsonAnswer > {
	const send = async () =>
		requestJson( {
			url: root + request.path,
			method: request.method,
			headers: {
				...( await credentials.headers( request.signal ) ),
				...request.headers,
			},
			body: request.body,
			signal: request.signal,
			timeoutMs: TIMEOUT_MS,
		} );
	try {
		return await send();
	} catch ( error ) {
		if ( ! areCredentialsRefused( error ) || ! ( await credentials.renew( request.signal ) ) ) {
			throw error;
		}
		return send();
	}
}

function areCredentialsRefused( error: unknown ): boolean {
	return (
		error instanceof ApiError &&
		( error.status === 401 || error.code === 'rest_cookie_invalid_nonce' )
	);
}
