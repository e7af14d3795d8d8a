/**
 * Bounds a piece of work in time: the returned signal aborts when the caller's signal does or when
 * the time is over. (`AbortSignal.any` would do the same, but browsers of 2023 do not have it.)
 */
export interface Deadline {
	signal: AbortSignal;
	/** Starts the time anew; used where silence is limited and not the whole. */
	extend: () => void;
	/** Ends the bookkeeping. To be called in `finally`. */
	clear: () => void;
}

export function startDeadline(
	milliseconds: number,
	parent?: AbortSignal
): Deadline {
	const controller = new AbortController();
	const onParentAbort = () => controller.abort( parent?.reason );
	const onTimeout = () =>
		controller.abort( new DOMException( 'Timed out', 'TimeoutError' ) );
	let timer = setTimeout( onTimeout, milliseconds );
	if ( parent?.aborted ) {
		onParentAbort();
	} else {
		parent?.addEventListener( 'abort', onParentAbort, { once: true } );
	}
	return {
		signal: controller.signal,
		extend: () => {
			clearTimeout( timer );
			timer = setTimeout( onTimeout, milliseconds );
		},
		clear: () => {
			clearTimeout( timer );
			parent?.removeEventListener( 'abort', onParentAbort );
		},
	};
}

/** Waits; ends early, by rejecting with the signal's reason, when the signal aborts. */
export function sleep(
	milliseconds: number,
	signal: AbortSignal
): Promise< void > {
	return new Promise( ( resolve, reject ) => {
		const onAbort = () => {
			clearTimeout( timer );
			reject( signal.reason );
		};
		const timer = setTimeout( () => {
			signal.removeEventListener( 'abort', onAbort );
			resolve();
		}, milliseconds );
		if ( signal.aborted ) {
			onAbort();
		} else {
			signal.addEventListener( 'abort', onAbort, { once: true } );
		}
	} );
}
