/**
 * The browser's storage, which may be switched off or full: then the values live as long as the page.
 * Only an own copy in memory makes a refused write readable again.
 */
export interface KeyValueStore {
	get( key: string ): string | null;
	set( key: string, value: string ): void;
	remove( key: string ): void;
}

export function browserStore( prefix: string ): KeyValueStore {
	const memory = new Map< string, string >();
	return {
		get( key ) {
			try {
				return localStorage.getItem( prefix + key ) ?? memory.get( key ) ?? null;
			} catch {
				return memory.get( key ) ?? null;
			}
		},
		set( key, value ) {
			memory.set( key, value );
			try {
				localStorage.setItem( prefix + key, value );
			} catch {
				// Kept in memory above.
			}
		},
		remove( key ) {
			memory.delete( key );
			try {
				localStorage.removeItem( prefix + key );
			} catch {
				// Nothing was stored.
			}
		},
	};
}

/** A random UUID (version 4); `crypto.randomUUID` is missing on pages served over plain HTTP. */
export function randomUuid(): string {
	const bytes = crypto.getRandomValues( new Uint8Array( 16 ) );
	bytes[ 6 ] = ( ( bytes[ 6 ] ?? 0 ) & 0x0f ) | 0x40;
	bytes[ 8 ] = ( ( bytes[ 8 ] ?? 0 ) & 0x3f ) | 0x80;
	const hex = Array.from( bytes, ( byte ) =>
		byte.toString( 16 ).padStart( 2, '0' )
	).join( '' );
	return hex.replace( /^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5' );
}
