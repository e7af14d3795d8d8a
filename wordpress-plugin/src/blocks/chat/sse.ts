import { startDeadline } from './deadline.ts';
import { ApiError, errorFromAnswer, NETWORK_ERROR } from './http.ts';

export interface SseEvent {
	/** The last `id` seen, which an event without one inherits. */
	id: string;
	event: string;
	data: string;
}

/**
 * Turns the text of an event stream into events, however it is cut into chunks.
 *
 * `EventSource` is not used because it reconnects by itself with the same, spent, token and tells
 * nothing about the status of a refused connection.
 */
export class SseParser {
	private rest = '';
	private id = '';
	private event = '';
	private data: string[] = [];
	private isFirstChunk = true;

	push( chunk: string ): SseEvent[] {
		let text = this.rest + chunk;
		if ( this.isFirstChunk && text !== '' ) {
			text = text.replace( /^\uFEFF/, '' );
			this.isFirstChunk = false;
		}
		// A carriage return at the end may be the first half of CRLF: it waits for the next chunk.
		const lines = text.split( /\r\n|\n|\r(?!$)/ );
		this.rest = lines.pop() ?? '';
		const events: SseEvent[] = [];
		for ( const line of lines ) {
			const event = this.readLine( line );
			if ( event ) {
				events.push( event );
			}
		}
		return events;
	}

	private readLine( line: string ): SseEvent | null {
		if ( line === '' ) {
			return this.dispatch();
		}
		const colon = line.indexOf( ':' );
		const field = colon === -1 ? line : line.slice( 0, colon );
		const value =
			colon === -1 ? '' : line.slice( colon + 1 ).replace( /^ /, '' );
		if ( field === 'id' && ! value.includes( '\0' ) ) {
			this.id = value;
		} else if ( field === 'event' ) {
			this.event = value;
		} else if ( field === 'data' ) {
			this.data.push( value );
		}
		// Comments (the heartbeat) and `retry` carry nothing for us: the backoff is our own.
		return null;
	}

	private dispatch(): SseEvent | null {
		const { id, data } = this;
		const event = this.event === '' ? 'message' : this.event;
		this.event = '';
		this.data = [];
		return data.length === 0 ? null : { id, event, data: data.join( '\n' ) };
	}
}

export interface StreamRequest {
	url: string;
	lastEventId: string;
	signal: AbortSignal;
	/** The longest silence; the daemon's heartbeat comes every 15 s. */
	silenceMs: number;
}

/**
 * Yields the events of one connection and returns when the server ends it.
 *
 * @throws {ApiError} When the connection is refused, breaks or falls silent.
 * @throws The signal's reason, when the caller aborts.
 */
export async function* readEventStream(
	request: StreamRequest
): AsyncGenerator< SseEvent, void, void > {
	const deadline = startDeadline( request.silenceMs, request.signal );
	let reader: ReadableStreamDefaultReader< Uint8Array > | undefined;
	try {
		reader = ( await connect( request, deadline.signal ) ).getReader();
		const decoder = new TextDecoder();
		const parser = new SseParser();
		for (;;) {
			const { done, value } = await reader.read();
			if ( done ) {
				return;
			}
			deadline.extend();
			yield* parser.push( decoder.decode( value, { stream: true } ) );
		}
	} catch ( error ) {
		if ( error instanceof ApiError || request.signal.aborted ) {
			throw error;
		}
		throw new ApiError( NETWORK_ERROR, 0, String( error ) );
	} finally {
		deadline.clear();
		// A caller that stops listening must not leave the connection open behind it.
		await reader?.cancel().catch( () => undefined );
	}
}

async function connect(
	request: StreamRequest,
	signal: AbortSignal
): Promise< ReadableStream< Uint8Array > > {
	const response = await fetch( request.url, {
		headers: {
			Accept: 'text/event-stream',
			...( request.lastEventId === ''
				? {}
				: { 'Last-Event-ID': request.lastEventId } ),
		},
		cache: 'no-store',
		credentials: 'same-origin',
		signal,
	} );
	const type = response.headers.get( 'Content-Type' ) ?? '';
	if ( response.ok && response.body && type.startsWith( 'text/event-stream' ) ) {
		return response.body;
	}
	const body: unknown = await response.json().catch( () => null );
	throw errorFromAnswer( response, body );
}
