import * as interactivity from '@wordpress/interactivity';

import { createApi } from './api.ts';
import { Conversation, type Phase, type Turn } from './conversation.ts';
import { plainText } from './markdown.ts';
import { renderMarkdown, renderPlain } from './render-markdown.ts';
import { UserCredentials, VisitorCredentials } from './session.ts';
import { browserStore } from './storage.ts';
import type { ChatTexts } from './texts.ts';
import { failureText, waitText } from './texts.ts';

const NAMESPACE = 'platen/chat';

/** What render.php puts into the page. `user` is there only for a logged-in visitor. */
interface ChatConfig {
	root: string;
	texts: ChatTexts;
	user?: { id: number; nonce: string; nonceUrl: string };
}

/** The state of one chat on the page, as the markup's directives see it. */
interface ChatContext {
	instance: string;
	turns: Turn[];
	phase: Phase[ 'kind' ];
	isQueued: boolean;
	isInterrupted: boolean;
	hasDraft: boolean;
	canTryAgain: boolean;
	failureText: string;
	waitText: string;
	announcement: string;
	/** Set on the elements that `data-wp-each--turn` makes. */
	turn: Turn;
}

/** What belongs to a chat and is not shown by itself. */
interface Chat {
	conversation: Conversation;
	root: HTMLElement;
	/** Whether the reader is at the end of the conversation and wants to stay there. */
	isAtEnd: boolean;
	/** When the latest refusal for too many questions ends, in milliseconds since 1970. */
	limitedUntil: number;
}

const chats = new Map< string, Chat >();

/** Before WordPress 6.8 actions were synchronous and `withSyncEvent` did not exist. */
const withSyncEvent: < T extends ( event: never ) => unknown >( action: T ) => T =
	'withSyncEvent' in interactivity
		? ( interactivity.withSyncEvent as < T >( action: T ) => T )
		: ( action ) => action;

const { getConfig, getContext, getElement, store } = interactivity;

store( NAMESPACE, {
	state: {
		get isTyping(): boolean {
			return [ 'sending', 'waiting' ].includes( context().phase ) && ! context().isQueued;
		},
		get isQueued(): boolean {
			return context().phase === 'waiting' && context().isQueued;
		},
		get canStop(): boolean {
			return [ 'sending', 'waiting', 'streaming' ].includes( context().phase );
		},
		get isFailed(): boolean {
			return context().phase === 'failed';
		},
		get isStopped(): boolean {
			return context().phase === 'stopped';
		},
		get isLimited(): boolean {
			return context().phase === 'limited';
		},
		get isBegun(): boolean {
			return context().turns.length > 0;
		},
		get canSend(): boolean {
			const { phase, hasDraft } = context();
			return hasDraft && phase !== 'limited' && phase !== 'loading';
		},
		get isMine(): boolean {
			return context().turn.role === 'user';
		},
		get isGrowing(): boolean {
			const { phase, turn, turns } = context();
			return phase === 'streaming' && turns[ turns.length - 1 ]?.id === turn.id;
		},
		get author(): string {
			const { texts } = config();
			return context().turn.role === 'user' ? texts.you : texts.assistant;
		},
		get time(): string {
			return formatTime( context().turn.createdAt );
		},
	},
	actions: {
		submit: withSyncEvent( ( event: Event ) => {
			event.preventDefault();
			ask();
		} ),
		key: withSyncEvent( ( event: KeyboardEvent ) => {
			// Enter also ends the choice of a word in an input method; that Enter is not for us.
			if ( event.key === 'Enter' && ! event.shiftKey && ! event.isComposing ) {
				event.preventDefault();
				ask();
			}
		} ),
		input() {
			noteDraft( context(), composerOf( chat().root ) );
		},
		stop() {
			const { conversation } = chat();
			focusComposer();
			return conversation.stop();
		},
		tryAgain() {
			const { conversation } = chat();
			focusComposer();
			return conversation.tryAgain();
		},
		startNew() {
			const { conversation } = chat();
			focusComposer();
			return conversation.startNew();
		},
		scrolled() {
			const { ref } = getElement();
			if ( ref ) {
				chat().isAtEnd = ref.scrollHeight - ref.scrollTop - ref.clientHeight < 40;
			}
		},
	},
	callbacks: {
		start() {
			const { ref } = getElement();
			if ( ref ) {
				return start( context(), ref, config() );
			}
		},
		showText() {
			const { ref } = getElement();
			const { role, text } = context().turn;
			if ( ref ) {
				( role === 'user' ? renderPlain : renderMarkdown )( ref, text );
			}
		},
		stayAtEnd() {
			const { ref } = getElement();
			const { turns, phase } = context();
			// Read so that this runs again when they change.
			void [ phase, turns.length, turns[ turns.length - 1 ]?.text ];
			requestAnimationFrame( () => scrollToEnd( ref ) );
		},
	},
} );

function context(): ChatContext {
	return getContext< ChatContext >( NAMESPACE );
}

function config(): ChatConfig {
	return getConfig( NAMESPACE ) as ChatConfig;
}

function chat(): Chat {
	const found = chats.get( context().instance );
	if ( ! found ) {
		throw new Error( 'The chat has not been started' );
	}
	return found;
}

async function start( view: ChatContext, root: HTMLElement, { root: url, user, texts }: ChatConfig ) {
	// Chats on two pages share a conversation; two chats on one page have one each.
	const owner = user ? `user-${ user.id }` : 'visitor';
	const suffix = chats.size === 0 ? '' : `-${ chats.size + 1 }`;
	const credentials = user
		? new UserCredentials( user.nonce, user.nonceUrl )
		: new VisitorCredentials( url, browserStore( 'platen:' ) );
	const conversation = new Conversation(
		createApi( url, credentials ),
		browserStore( `platen:${ owner }${ suffix }:` ),
		{
			onPhase: ( phase ) => showPhase( view, texts, phase ),
			onTurns: ( turns ) => {
				view.turns = turns.map( ( turn ) => ( { ...turn } ) );
			},
			onText: ( text ) => {
				const last = view.turns[ view.turns.length - 1 ];
				if ( last ) {
					last.text = text;
				}
			},
			onFinished: ( text ) => {
				view.announcement = `${ texts.answered } ${ plainText( text ) }`;
			},
		}
	);
	chats.set( view.instance, { conversation, root, isAtEnd: true, limitedUntil: 0 } );
	// What was typed before the page ran, or kept by the browser over a reload, may be sent too.
	const composer = root.querySelector( 'textarea' );
	if ( composer ) {
		noteDraft( view, composer );
	}
	await conversation.load();
}

function showPhase( view: ChatContext, texts: ChatTexts, phase: Phase ): void {
	view.phase = phase.kind;
	view.isQueued = phase.kind === 'waiting' && phase.isQueued;
	view.isInterrupted = phase.kind === 'streaming' && phase.isInterrupted;
	view.canTryAgain = phase.kind === 'failed' && phase.failure.remedy.kind !== 'none';
	view.failureText = phase.kind === 'failed' ? failureText( texts, phase.failure.code ) : '';
	if ( phase.kind === 'sending' ) {
		view.announcement = '';
	}
	const found = chats.get( view.instance );
	if ( phase.kind === 'limited' && found ) {
		found.limitedUntil = phase.until;
		restoreDraft( view, found, phase.draft );
		countDown( view, found, texts, phase.until );
	}
}

function ask(): void {
	const { conversation, root } = chat();
	const view = context();
	const composer = composerOf( root );
	const message = composer.value.trim();
	if ( message === '' || conversation.isBusy || view.phase === 'limited' ) {
		return;
	}
	setDraft( view, composer, '' );
	chat().isAtEnd = true;
	composer.focus();
	// A card that reaches out of the window would hide the answer.
	root.scrollIntoView( { block: 'nearest' } );
	void conversation.ask( message );
}

/** A refused question goes back to where it was typed, unless something else is being typed there. */
function restoreDraft( view: ChatContext, { root }: Chat, draft: string ): void {
	const composer = composerOf( root );
	if ( composer.value.trim() === '' ) {
		setDraft( view, composer, draft );
	}
}

function countDown( view: ChatContext, found: Chat, texts: ChatTexts, until: number ): void {
	if ( view.phase !== 'limited' || found.limitedUntil !== until ) {
		return;
	}
	const secondsLeft = Math.ceil( ( until - Date.now() ) / 1000 );
	if ( secondsLeft <= 0 ) {
		view.announcement = texts.limitOver;
		found.conversation.endLimit();
		return;
	}
	view.waitText = waitText( texts, secondsLeft );
	setTimeout( () => countDown( view, found, texts, until ), 1000 );
}

function focusComposer(): void {
	composerOf( chat().root ).focus();
}

function composerOf( root: HTMLElement ): HTMLTextAreaElement {
	const composer = root.querySelector( 'textarea' );
	if ( ! composer ) {
		throw new Error( 'The chat has no composer' );
	}
	return composer;
}

function setDraft( view: ChatContext, composer: HTMLTextAreaElement, draft: string ): void {
	composer.value = draft;
	fitHeight( composer );
	view.hasDraft = draft !== '';
}

function noteDraft( view: ChatContext, composer: HTMLTextAreaElement ): void {
	fitHeight( composer );
	view.hasDraft = composer.value.trim() !== '';
}

/** The composer grows with its text up to the limit of the style sheet. */
function fitHeight( composer: HTMLTextAreaElement ): void {
	composer.style.height = 'auto';
	composer.style.height = `${ composer.scrollHeight }px`;
}

function scrollToEnd( log: HTMLElement | null ): void {
	const isAtEnd = [ ...chats.values() ].find( ( { root } ) => root.contains( log ) )?.isAtEnd;
	if ( log && isAtEnd ) {
		log.scrollTop = log.scrollHeight;
	}
}

function formatTime( iso: string ): string {
	const language = document.documentElement.lang || undefined;
	const time = new Date( iso );
	return Number.isNaN( time.getTime() )
		? ''
		: new Intl.DateTimeFormat( language, { hour: 'numeric', minute: '2-digit' } ).format( time );
}
