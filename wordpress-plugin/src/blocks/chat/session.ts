import { requestJson } from './http.ts';
import type { KeyValueStore } from './storage.ts';
import type { AnonymousSession } from './types.ts';

/** Proves to WordPress who asks: a logged-in user by nonce, a visitor by an anonymous session. */
export interface Credentials {
	headers( signal: AbortSignal ): Promise< Record< string, string > >;
	/**
	 * Replaces credentials that were refused.
	 *
	 * @return Whether a second try makes sense.
	 */
	renew( signal: AbortSignal ): Promise< boolean >;
}

const TIMEOUT_MS = 15_000;
const SESSION_KEY = 'session';
/** A session that ends sooner than this is replaced before it is used. */
const SESSION_MARGIN_MS = 60_000;

/** An anonymous visitor. The session is asked for when it is first needed, not when the page opens. */
export class VisitorCredentials implements Credentials {
	private pending: Promise< AnonymousSession > | null = null;

	constructor(
		private readonly root: string,
		private readonly store: KeyValueStore
	) {}

	async headers( signal: AbortSignal ): Promise< Record< string, string > > {
		const session = this.stored() ?? ( await this.mint( signal ) );
		return { 'X-Platen-Session': session.session };
	}

	async renew( signal: AbortSignal ): Promise< boolean > {
		this.store.remove( SESSION_KEY );
		await this.mint( signal );
		return true;
	}

	private stored(): AnonymousSession | null {
		const session = readSession( this.store.get( SESSION_KEY ) );
		const isUsable =
			session !== null &&
			Date.parse( session.expires_at ) - Date.now() > SESSION_MARGIN_MS;
		return isUsable ? session : null;
	}

	/** Requests that need a session at the same time share one. */
	private mint( signal: AbortSignal ): Promise< AnonymousSession > {
		this.pending ??= this.request( signal ).finally( () => {
			this.pending = null;
		} );
		return this.pending;
	}

	private async request( signal: AbortSignal ): Promise< AnonymousSession > {
		const { body } = await requestJson( {
			url: `${ this.root }/session`,
			method: 'POST',
			headers: {},
			signal,
			timeoutMs: TIMEOUT_MS,
		} );
		this.store.set( SESSION_KEY, JSON.stringify( body ) );
		return body as AnonymousSession;
	}
}

/** A logged-in user. A nonce that aged while the page stood open is replaced through WordPress. */
export class UserCredentials implements Credentials {
	constructor(
		private nonce: string,
		private readonly nonceUrl: string
	) {}

	async headers(): Promise< Record< string, string > > {
		return { 'X-WP-Nonce': this.nonce };
	}

	async renew( signal: AbortSignal ): Promise< boolean > {
		// WordPress answers a bare word here; ten hexadecimal digits read as JSON only by accident.
		const response = await fetch( this.nonceUrl, {
			credentials: 'same-origin',
			cache: 'no-store',
			signal,
		} );
		const nonce = ( await response.text() ).trim();
		if ( ! response.ok || ! /^[0-9a-f]{10}$/.test( nonce ) ) {
			return false;
		}
		this.nonce = nonce;
		return true;
	}
}

function readSession( text: string | null ): AnonymousSession | null {
	try {
		const value = JSON.parse( text ?? 'null' ) as Partial< AnonymousSession > | null;
		return typeof value?.session === 'string' &&
			typeof value.expires_at === 'string'
			? { session: value.session, expires_at: value.expires_at }
			: null;
	} catch {
		return null;
	}
}
