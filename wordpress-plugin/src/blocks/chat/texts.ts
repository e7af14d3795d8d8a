/** The chat's sentences. PHP translates them (includes/Blocks/ChatTexts.php) and hands them over. */
export interface ChatTexts {
	you: string;
	assistant: string;
	answered: string;
	limitOver: string;
	/** With `%d` for the number. */
	waitSeconds: string;
	waitMinutes: string;
	/** By error code; `default` for the others. */
	failures: Record< string, string > & { default: string };
}

/**
 * Says what went wrong in words for a visitor. A message that came with the failure is not shown: only the
 * code is sure to mean the same in every version, and a stream's message is for operators.
 */
export function failureText( texts: ChatTexts, code: string ): string {
	return texts.failures[ code ] ?? texts.failures.default;
}

export function waitText( texts: ChatTexts, seconds: number ): string {
	return seconds <= 90
		? texts.waitSeconds.replace( '%d', String( seconds ) )
		: texts.waitMinutes.replace( '%d', String( Math.ceil( seconds / 60 ) ) );
}
