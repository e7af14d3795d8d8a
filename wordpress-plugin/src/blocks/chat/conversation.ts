import type { Api } from './api.ts';
import { type Ending, followJob } from './follow.ts';
import { ApiError } from './http.ts';
import { type KeyValueStore, randomUuid } from './storage.ts';
import { isFinal, type StoredMessage } from './types.ts';

/** One bubble of the chat. */
export interface Turn {
	id: string;
	role: 'user' | 'assistant';
	text: string;
	createdAt: string;
}

/** What a failure leaves to do. */
export type Remedy =
	| { kind: 'ask-again'; turn: Turn }
	| { kind: 'retry-job'; jobId: string }
	| { kind: 'none' };

export interface Failure {
	code: string;
	remedy: Remedy;
}

export type Phase =
	| { kind: 'loading' }
	| { kind: 'idle' }
	| { kind: 'sending' }
	/** Taken by WordPress, no text yet. `isQueued` says that nobody works on it for the moment. */
	| { kind: 'waiting'; jobId: string; isQueued: boolean }
	/** `isInterrupted` says that the answer broke off and is awaited again. */
	| { kind: 'streaming'; jobId: string; isInterrupted: boolean }
	| { kind: 'stopped' }
	| { kind: 'failed'; failure: Failure }
	/** Too many questions. The refused one goes back to the composer as the draft. */
	| { kind: 'limited'; until: number; draft: string };

export interface ConversationView {
	onPhase( phase: Phase ): void;
	onTurns( turns: readonly Turn[] ): void;
	/** The text of the last turn grew or was voided. */
	onText( text: string ): void;
	onFinished( text: string ): void;
}

const CONVERSATION_KEY = 'conversation';
/** Text is handed to the view at most this often, however fast the tokens come. */
const TEXT_INTERVAL_MS = 40;
const DEFAULT_LIMIT_S = 60;

/** One conversation: its turns, what happens now, and the rules by which one leads to the other. */
export class Conversation {
	private turns: Turn[] = [];
	private phase: Phase = { kind: 'idle' };
	private work = new AbortController();
	private textTimer: ReturnType< typeof setTimeout > | null = null;

	constructor(
		private readonly api: Api,
		private readonly store: KeyValueStore,
		private readonly view: ConversationView
	) {}

	get isBusy(): boolean {
		return [ 'loading', 'sending', 'waiting', 'streaming' ].includes( this.phase.kind );
	}

	/** Shows the conversation of the last visit, and goes on with an answer that is still awaited. */
	async load(): Promise< void > {
		const id = this.store.get( CONVERSATION_KEY );
		if ( id === null ) {
			return;
		}
		this.enter( { kind: 'loading' } );
		const signal = this.beginWork();
		await this.guard( signal, { kind: 'none' }, async () => {
			const { messages } = await this.api.conversation( id, signal );
			this.turns = messages.filter( ( { text } ) => text !== '' ).map( turnOfMessage );
			this.view.onTurns( this.turns );
			await this.resume( messages.at( -1 ), signal );
		} );
	}

	async ask( message: string ): Promise< void > {
		const turn = newTurn( 'user', message );
		this.turns = [ ...this.turns, turn ];
		this.view.onTurns( this.turns );
		await this.send( turn );
	}

	/** Does what the failure on show offers. */
	async tryAgain(): Promise< void > {
		if ( this.phase.kind !== 'failed' ) {
			return;
		}
		const { remedy } = this.phase.failure;
		if ( remedy.kind === 'ask-again' ) {
			await this.send( remedy.turn );
		} else if ( remedy.kind === 'retry-job' ) {
			await this.retry( remedy.jobId );
		}
	}

	/** Ends the waiting at once; what has been said so far stays. */
	async stop(): Promise< void > {
		const { phase } = this;
		if ( ! this.isBusy ) {
			return;
		}
		this.abandonWork();
		this.enter( { kind: 'stopped' } );
		if ( phase.kind === 'waiting' || phase.kind === 'streaming' ) {
			// When this fails the answer is written after all and stands in the conversation later:
			// nothing the visitor has to act on now.
			await this.api.cancel( phase.jobId, new AbortController().signal ).catch( () => undefined );
		}
	}

	/** Leaves this conversation; the next question begins a new one. */
	async startNew(): Promise< void > {
		const stopped = this.stop();
		this.abandonWork();
		this.store.remove( CONVERSATION_KEY );
		this.turns = [];
		this.view.onTurns( this.turns );
		this.enter( { kind: 'idle' } );
		await stopped;
	}

	/** The waiting time after too many questions is over. */
	endLimit(): void {
		if ( this.phase.kind === 'limited' ) {
			this.enter( { kind: 'idle' } );
		}
	}

	private async send( turn: Turn ): Promise< void > {
		this.enter( { kind: 'sending' } );
		const signal = this.beginWork();
		await this.guard( signal, { kind: 'ask-again', turn }, async () => {
			const accepted = await this.post( turn, signal );
			this.enter( {
				kind: 'waiting',
				jobId: accepted.job_id,
				isQueued: accepted.stream === null,
			} );
			await this.follow( accepted.job_id, accepted.stream, signal );
		} );
	}

	/** A conversation that belongs to a session of the past is not ours any more: begin another. */
	private async post( turn: Turn, signal: AbortSignal ) {
		const question = () => ( {
			conversationId: this.conversationId(),
			message: turn.text,
			idempotencyKey: turn.id,
		} );
		try {
			return await this.api.ask( question(), signal );
		} catch ( error ) {
			if ( ! ( error instanceof ApiError ) || error.status !== 404 ) {
				throw error;
			}
			this.store.remove( CONVERSATION_KEY );
			return await this.api.ask( question(), signal );
		}
	}

	private async retry( jobId: string ): Promise< void > {
		this.enter( { kind: 'waiting', jobId, isQueued: false } );
		const signal = this.beginWork();
		await this.guard( signal, { kind: 'retry-job', jobId }, async () => {
			await this.follow( jobId, await this.reopen( jobId, signal ), signal );
		} );
	}

	/** Asks for another attempt. A job that is not dead any more was retried by somebody else: follow that. */
	private async reopen( jobId: string, signal: AbortSignal ): Promise< string | null > {
		try {
			return ( await this.api.retry( jobId, signal ) ).stream;
		} catch ( error ) {
			if ( error instanceof ApiError && error.status === 409 ) {
				return null;
			}
			throw error;
		}
	}

	private async resume( last: StoredMessage | undefined, signal: AbortSignal ): Promise< void > {
		const isAnswered = last?.role === 'assistant' && last.text !== '';
		if ( ! last?.job_id || ! last.status || isAnswered ) {
			this.enter( { kind: 'idle' } );
		} else if ( ! isFinal( last.status ) ) {
			const isQueued = last.status === 'queued';
			this.enter( { kind: 'waiting', jobId: last.job_id, isQueued } );
			await this.follow( last.job_id, null, signal );
		} else if ( last.status === 'dead' ) {
			this.failWith( 'dead', { kind: 'retry-job', jobId: last.job_id } );
		} else {
			this.enter( last.status === 'cancelled' ? { kind: 'stopped' } : { kind: 'idle' } );
		}
	}

	/** Shows the answer of one job as it comes. */
	private async follow( jobId: string, stream: string | null, signal: AbortSignal ): Promise< void > {
		let answer: Turn | null = null;
		let isInterrupted = false;
		const interrupt = ( value: boolean ) => {
			if ( answer !== null && isInterrupted !== value ) {
				isInterrupted = value;
				this.enter( { kind: 'streaming', jobId, isInterrupted } );
			}
		};
		const say = ( text: string ) => {
			if ( answer === null ) {
				answer = newTurn( 'assistant', text );
				this.turns = [ ...this.turns, answer ];
				this.enter( { kind: 'streaming', jobId, isInterrupted } );
				this.view.onTurns( this.turns );
			} else {
				answer.text = text;
				this.showTextSoon( answer );
				interrupt( false );
			}
		};
		const ending = await followJob(
			this.api,
			{ id: jobId, stream },
			{
				onWaiting: ( isQueued ) => {
					if ( answer === null ) {
						this.enter( { kind: 'waiting', jobId, isQueued } );
					} else {
						interrupt( isQueued );
					}
				},
				onText: ( text ) => say( ( answer?.text ?? '' ) + text ),
				onInterrupted: () => interrupt( true ),
				onReset: () => {
					this.withdraw( answer );
					answer = null;
					isInterrupted = false;
					this.enter( { kind: 'waiting', jobId, isQueued: false } );
				},
			},
			signal
		);
		if ( ending.text !== null ) {
			say( ending.text );
		}
		this.conclude( jobId, ending, answer );
	}

	private conclude( jobId: string, ending: Ending, answer: Turn | null ): void {
		this.showTextNow( answer );
		switch ( ending.status ) {
			case 'succeeded':
				this.enter( { kind: 'idle' } );
				this.view.onFinished( answer?.text ?? '' );
				break;
			case 'cancelled':
				this.enter( { kind: 'stopped' } );
				break;
			default:
				this.withdraw( answer );
				this.failWith( ending.error?.code ?? 'dead', { kind: 'retry-job', jobId } );
		}
	}

	/** Takes a voided or unfinished answer off the page. */
	private withdraw( answer: Turn | null ): void {
		if ( answer !== null ) {
			this.cancelTextTimer();
			this.turns = this.turns.filter( ( turn ) => turn !== answer );
			this.view.onTurns( this.turns );
		}
	}

	/** Runs a piece of work and turns what it throws into a phase. Work that was given up is silent. */
	private async guard(
		signal: AbortSignal,
		remedy: Remedy,
		work: () => Promise< void >
	): Promise< void > {
		try {
			await work();
		} catch ( error ) {
			if ( signal.aborted ) {
				return;
			}
			this.fail( error, remedy );
		}
	}

	private fail( error: unknown, remedy: Remedy ): void {
		const { kind } = this.phase;
		if ( ! ( error instanceof ApiError ) ) {
			this.failWith( 'internal', remedy );
			throw error;
		}
		if ( kind === 'loading' ) {
			this.failToLoad( error );
		} else if ( error.status === 429 && remedy.kind === 'ask-again' ) {
			this.limit( remedy.turn, error.retryAfterSeconds ?? DEFAULT_LIMIT_S );
		} else {
			// A question that was taken, or may not be asked, gains nothing from being sent again.
			const isTaken = remedy.kind === 'ask-again' && ( kind === 'waiting' || kind === 'streaming' );
			this.failWith( error.code, isTaken || error.status === 403 ? { kind: 'none' } : remedy );
		}
	}

	/** A conversation that is gone is forgotten; one that cannot be read now is kept for later. */
	private failToLoad( error: ApiError ): void {
		if ( [ 401, 403, 404 ].includes( error.status ) ) {
			this.store.remove( CONVERSATION_KEY );
			this.enter( { kind: 'idle' } );
		} else {
			this.failWith( 'history_unavailable', { kind: 'none' } );
		}
	}

	private limit( turn: Turn, seconds: number ): void {
		this.turns = this.turns.filter( ( other ) => other !== turn );
		this.view.onTurns( this.turns );
		this.enter( { kind: 'limited', until: Date.now() + seconds * 1000, draft: turn.text } );
	}

	private failWith( code: string, remedy: Remedy ): void {
		this.enter( { kind: 'failed', failure: { code, remedy } } );
	}

	private enter( phase: Phase ): void {
		this.phase = phase;
		this.view.onPhase( phase );
	}

	private beginWork(): AbortSignal {
		this.abandonWork();
		return this.work.signal;
	}

	private abandonWork(): void {
		this.work.abort( new DOMException( 'Given up by the visitor', 'AbortError' ) );
		this.work = new AbortController();
		this.cancelTextTimer();
	}

	private conversationId(): string {
		const stored = this.store.get( CONVERSATION_KEY );
		if ( stored !== null ) {
			return stored;
		}
		const id = randomUuid();
		this.store.set( CONVERSATION_KEY, id );
		return id;
	}

	private showTextSoon( answer: Turn ): void {
		this.textTimer ??= setTimeout( () => {
			this.textTimer = null;
			this.view.onText( answer.text );
		}, TEXT_INTERVAL_MS );
	}

	private showTextNow( answer: Turn | null ): void {
		this.cancelTextTimer();
		if ( answer !== null ) {
			this.view.onText( answer.text );
		}
	}

	private cancelTextTimer(): void {
		if ( this.textTimer !== null ) {
			clearTimeout( this.textTimer );
			this.textTimer = null;
		}
	}
}

function newTurn( role: Turn[ 'role' ], text: string ): Turn {
	return { id: randomUuid(), role, text, createdAt: new Date().toISOString() };
}

function turnOfMessage( message: StoredMessage ): Turn {
	return {
		id: String( message.id ),
		role: message.role,
		text: message.text,
		createdAt: message.created_at,
	};
}
