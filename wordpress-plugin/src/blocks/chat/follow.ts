import type { Api } from './api.ts';
import { sleep } from './deadline.ts';
import { ApiError, UNREADABLE_ANSWER } from './http.ts';
import { readEventStream, type SseEvent } from './sse.ts';
import {
	type DeltaEvent,
	type DoneEvent,
	isFinal,
	type Job,
	type JobError,
	type JobStatus,
} from './types.ts';

/** How a job ended. `text` is null when the stream has already told it all. */
export interface Ending {
	status: JobStatus;
	text: string | null;
	error: JobError | null;
}

export interface AnswerListener {
	/** No text yet. `isQueued` when nobody works on the job for the moment. */
	onWaiting( isQueued: boolean ): void;
	onText( text: string ): void;
	/** The text so far is void: another attempt begins. */
	onReset(): void;
	/** The stream broke off and does not come back at once. Any of the others says that it is back. */
	onInterrupted(): void;
}

export interface FollowedJob {
	id: string;
	stream: string | null;
}

/** Silence after which a connection counts as lost: three heartbeats. */
const SILENCE_MS = 45_000;
const MAX_RECONNECTS = 5;
/** A lost connection that the first try brings back is nothing to tell of. */
const FAILURES_TO_TELL = 2;
const FIRST_BACKOFF_MS = 400;
const MAX_BACKOFF_MS = 8_000;
const FIRST_POLL_MS = 1_000;
const MAX_POLL_MS = 5_000;
const POLLS_PER_STREAM_TRY = 4;

/**
 * Follows one job to its end: streams while that works, reconnects where the stream broke off, and
 * polls while there is no stream to be had. Ends only with the job or with the signal.
 *
 * @throws {ApiError} When WordPress refuses to tell about the job (not found, not allowed).
 */
export async function followJob(
	api: Api,
	job: FollowedJob,
	listener: AnswerListener,
	signal: AbortSignal
): Promise< Ending > {
	return new Follower( api, job, listener, signal ).run();
}

class Follower {
	private lastEventId = '';
	private failures = 0;
	private pauseMs = FIRST_POLL_MS;
	private status: JobStatus | null = null;
	private etag: string | null = null;

	constructor(
		private readonly api: Api,
		private readonly job: FollowedJob,
		private readonly listener: AnswerListener,
		private readonly signal: AbortSignal
	) {}

	async run(): Promise< Ending > {
		let { stream } = this.job;
		for (;;) {
			const ending =
				stream === null || this.isStreamingHopeless()
					? await this.poll()
					: await this.stream( stream );
			if ( ending ) {
				return ending;
			}
			stream = await this.nextStream();
		}
	}

	/** Reads one connection. Null when it was lost before the end. */
	private async stream( url: string ): Promise< Ending | null > {
		const events = readEventStream( {
			url,
			lastEventId: this.lastEventId,
			signal: this.signal,
			silenceMs: SILENCE_MS,
		} );
		try {
			for await ( const event of events ) {
				const ending = this.take( event );
				if ( ending ) {
					return ending;
				}
			}
		} catch ( error ) {
			if ( ! ( error instanceof ApiError ) ) {
				throw error;
			}
		}
		this.failures += 1;
		if ( this.failures >= FAILURES_TO_TELL ) {
			this.listener.onInterrupted();
		}
		if ( ! this.isStreamingHopeless() ) {
			await sleep( backoffMs( this.failures ), this.signal );
		}
		return null;
	}

	private take( event: SseEvent ): Ending | null {
		if ( event.id !== '' ) {
			this.lastEventId = event.id;
		}
		switch ( event.event ) {
			case 'status':
				// Queued inside a daemon that streams to us means a moment, not an absence.
				this.listener.onWaiting( false );
				return null;
			case 'delta':
				this.failures = 0;
				this.listener.onText( parse< DeltaEvent >( event ).text );
				return null;
			case 'reset':
				this.listener.onReset();
				return null;
			case 'done': {
				const { status, error } = parse< DoneEvent >( event );
				return { status, text: null, error };
			}
			default:
				return null;
		}
	}

	/** Asks for a new one-time token. Null, after a pause, when there is no stream for now. */
	private async nextStream(): Promise< string | null > {
		try {
			const stream = await this.api.openStream( this.job.id, this.signal );
			if ( stream !== null ) {
				return stream;
			}
		} catch ( error ) {
			if ( isRefusal( error ) ) {
				throw error;
			}
		}
		await this.pause();
		return null;
	}

	/** Polls until the job has ended, or until a stream is worth a try. */
	private async poll(): Promise< Ending | null > {
		for ( let polls = 1; ; polls += 1 ) {
			const job = await this.pollOnce();
			if ( job && isFinal( job.status ) ) {
				return { status: job.status, text: job.result?.text ?? null, error: job.error };
			}
			if ( job ) {
				this.pauseMs = FIRST_POLL_MS;
				this.status = job.status;
				this.listener.onWaiting( job.status === 'queued' );
			}
			if ( this.status === 'running' && ! this.isStreamingHopeless() ) {
				return null;
			}
			if ( polls % POLLS_PER_STREAM_TRY === 0 ) {
				// One try: another failure brings us back to polling.
				this.failures = Math.min( this.failures, MAX_RECONNECTS );
				return null;
			}
			await this.pause();
		}
	}

	private isStreamingHopeless(): boolean {
		return this.failures > MAX_RECONNECTS;
	}

	/** Each pause is longer than the one before, until something changes. */
	private async pause(): Promise< void > {
		await sleep( withJitter( this.pauseMs ), this.signal );
		this.pauseMs = Math.min( this.pauseMs * 1.5, MAX_POLL_MS );
	}

	/** Null when nothing changed, or when WordPress cannot be reached for the moment. */
	private async pollOnce(): Promise< Job | null > {
		try {
			const { job, etag } = await this.api.job( this.job.id, this.etag, this.signal );
			this.etag = etag;
			return job;
		} catch ( error ) {
			if ( isRefusal( error ) ) {
				throw error;
			}
			return null;
		}
	}
}

/** Whether asking again cannot help. Everything else is a fault of the moment. */
function isRefusal( error: unknown ): boolean {
	return ! ( error instanceof ApiError ) || [ 401, 403, 404 ].includes( error.status );
}

function parse< T >( event: SseEvent ): T {
	try {
		return JSON.parse( event.data ) as T;
	} catch {
		throw new ApiError( UNREADABLE_ANSWER, 0, `The ${ event.event } event is not JSON` );
	}
}

function backoffMs( failures: number ): number {
	return withJitter( Math.min( FIRST_BACKOFF_MS * 2 ** ( failures - 1 ), MAX_BACKOFF_MS ) );
}

/** Between half and the whole of it, so that all visitors of a restarted daemon do not come at once. */
function withJitter( milliseconds: number ): number {
	return milliseconds * ( 0.5 + Math.random() / 2 );
}
