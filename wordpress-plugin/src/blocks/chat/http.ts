import { startDeadline } from './deadline.ts';

/** Codes of failures that no server gave, because none was reached or understood. */
export const NETWORK_ERROR = 'network_error';
export const UNREADABLE_ANSWER = 'unreadable_answer';

/** A request that did not succeed. `code` is stable; `status` is 0 when no answer came. */
export class ApiError extends Error {
	readonly code: string;
	readonly status: number;
	readonly retryAfterSeconds: number | null;

	constructor(
		code: string,
		status: number,
		message: string,
		retryAfterSeconds: number | null = null
	) {
		super( message );
		this.name = 'ApiError';
		this.code = code;
		this.status = status;
		this.retryAfterSeconds = retryAfterSeconds;
	}
}

export interface JsonRequest {
	url: string;
	method: 'GET' | 'POST';
	headers: Record< string, string >;
	body?: unknown;
	signal: AbortSignal;
	timeoutMs: number;
}

export interface JsonAnswer {
	status: number;
	headers: Headers;
	/** Null when the answer has no body (304). */
	body: unknown;
}

/**
 * Sends one request and reads its JSON answer within the deadline.
 *
 * @throws {ApiError} When the answer is not 2xx or 304, is not JSON, or does not come in time.
 * @throws The signal's reason, when the caller aborts.
 */
export async function requestJson( request: JsonRequest ): Promise< JsonAnswer > {
	const deadline = startDeadline( request.timeoutMs, request.signal );
	try {
		const response = await fetch( request.url, {
			method: request.method,
			headers: {
				Accept: 'application/json',
				...( request.body === undefined
					? {}
					: { 'Content-Type': 'application/json' } ),
				...request.headers,
			},
			body:
				request.body === undefined
					? null
					: JSON.stringify( request.body ),
			// The browser's own cache would turn a 304 into a 200 and hide the saving.
			cache: 'no-store',
			credentials: 'same-origin',
			signal: deadline.signal,
		} );
		return await readAnswer( response );
	} catch ( error ) {
		if ( error instanceof ApiError || request.signal.aborted ) {
			throw error;
		}
		throw new ApiError( NETWORK_ERROR, 0, String( error ) );
	} finally {
		deadline.clear();
	}
}

async function readAnswer( response: Response ): Promise< JsonAnswer > {
	const { status, headers } = response;
	if ( status === 304 ) {
		return { status, headers, body: null };
	}
	const text = await response.text();
	const body = parseJson( text );
	if ( ! response.ok ) {
		throw errorFromAnswer( response, body );
	}
	if ( body === undefined ) {
		throw new ApiError( UNREADABLE_ANSWER, status, 'The answer is not JSON' );
	}
	return { status, headers, body };
}

function parseJson( text: string ): unknown {
	try {
		return JSON.parse( text );
	} catch {
		return undefined;
	}
}

/** Reads both forms of an error: WordPress's `{code, message}` and the daemon's `{error: {…}}`. */
export function errorFromAnswer( response: Response, body: unknown ): ApiError {
	const outer = isRecord( body ) ? body : {};
	const inner = isRecord( outer.error ) ? outer.error : outer;
	const code = typeof inner.code === 'string' ? inner.code : `http_${ response.status }`;
	const message = typeof inner.message === 'string' ? inner.message : response.statusText;
	return new ApiError(
		code.replace( /^platen_/, '' ),
		response.status,
		message,
		readRetryAfter( response.headers )
	);
}

function readRetryAfter( headers: Headers ): number | null {
	const seconds = Number.parseInt( headers.get( 'Retry-After' ) ?? '', 10 );
	return Number.isFinite( seconds ) && seconds >= 0 ? seconds : null;
}

function isRecord( value: unknown ): value is Record< string, unknown > {
	return typeof value === 'object' && value !== null;
}
