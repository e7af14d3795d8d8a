<?php
/**
 * Making answers safe to keep.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

/**
 * Cleans the Markdown that a model wrote: valid UTF-8, no control characters, no HTML outside code.
 *
 * Code spans and fenced blocks keep their text, because there a tag is what was asked for. The front end shows all of
 * it as text and never as HTML; this is the second line of defence, for themes and plugins that print the answer.
 *
 * @since 0.1.0
 */
final class AnswerSanitizer {

	private const FENCE    = '/\A {0,3}(`{3,}|~{3,})/';
	private const AUTOLINK = '~<((?:https?://|mailto:)[^\s<>]+)>~i';
	private const TAG      = '~</?[a-z!?][^<>]*>~i';
	/** What a browser would still read as the beginning of a tag. */
	private const TAG_OPEN = '~<(?=[a-z/!?])~i';
	/** How often tags are taken out of tags; deeper nests are defused instead, so that the time stays bounded. */
	private const PASSES = 4;

	/**
	 * Cleans an answer.
	 *
	 * @param string $markdown The model's text.
	 */
	public function sanitize( string $markdown ): string {
		$markdown = $this->valid_text( $markdown );
		$clean    = '';
		$prose    = '';
		$fence    = null;

		foreach ( explode( "\n", $markdown ) as $number => $line ) {
			$line_break = 0 === $number ? '' : "\n";
			$marker     = 1 === preg_match( self::FENCE, $line, $match ) ? $match[1] : null;
			if ( null !== $fence ) {
				$clean .= $line_break . $line;
				$fence  = $this->closes( $fence, $marker, $line ) ? null : $fence;
			} elseif ( null !== $marker ) {
				$clean .= $this->clean_prose( $prose . $line_break ) . $line;
				$prose  = '';
				$fence  = $marker;
			} else {
				$prose .= $line_break . $line;
			}
		}

		return $clean . $this->clean_prose( $prose );
	}

	/**
	 * Drops what is no text: bytes that are not UTF-8 and control characters other than tab and line break.
	 *
	 * @param string $text The text.
	 */
	private function valid_text( string $text ): string {
		$previous = mb_substitute_character();
		mb_substitute_character( 0xFFFD );
		$text = mb_convert_encoding( $text, 'UTF-8', 'UTF-8' );
		mb_substitute_character( $previous );
		$text = str_replace( array( "\r\n", "\r" ), "\n", $text );

		// The second range are the direction overrides, with which a text can look like another one.
		return (string) preg_replace( '/[\x00-\x08\x0B\x0C\x0E-\x1F\x7F\x{80}-\x{9F}\x{202A}-\x{202E}\x{2066}-\x{2069}]/u', '', $text );
	}

	/**
	 * Tells whether a line closes the open fence: the same character, at least as many, and nothing after.
	 *
	 * @param string      $fence  The opening marker.
	 * @param string|null $marker The line's marker.
	 * @param string      $line   The line.
	 */
	private function closes( string $fence, ?string $marker, string $line ): bool {
		return null !== $marker && $marker[0] === $fence[0] && strlen( $marker ) >= strlen( $fence ) && trim( $line ) === $marker;
	}

	/**
	 * Cleans text outside fences; its code spans stay as they are.
	 *
	 * @param string $prose The text.
	 */
	private function clean_prose( string $prose ): string {
		if ( ! str_contains( $prose, '<' ) ) {
			return $prose;
		}
		$runs  = preg_split( '/(`+)/', $prose, -1, PREG_SPLIT_DELIM_CAPTURE );
		$runs  = false === $runs ? array( $prose ) : $runs;
		$last  = self::last_places( $runs );
		$clean = '';
		$plain = '';
		for ( $at = 0, $end = count( $runs ); $at < $end; ++$at ) {
			$closing = 1 === $at % 2 && $last[ $runs[ $at ] ] > $at ? self::closing_run( $runs, $at ) : null;
			if ( null === $closing ) {
				$plain .= $runs[ $at ];
				continue;
			}
			$clean .= $this->strip( $plain ) . implode( '', array_slice( $runs, $at, $closing - $at + 1 ) );
			$plain  = '';
			$at     = $closing;
		}

		return $clean . $this->strip( $plain );
	}

	/**
	 * Notes where each run of backticks stands last, so that one that is never closed is not searched for.
	 *
	 * @param list<string> $runs Texts and runs of backticks in turn.
	 * @return array<string, int>
	 */
	private static function last_places( array $runs ): array {
		$last = array();
		for ( $at = 1, $end = count( $runs ); $at < $end; $at += 2 ) {
			$last[ $runs[ $at ] ] = $at;
		}

		return $last;
	}

	/**
	 * Finds the run of backticks that closes a code span.
	 *
	 * @param list<string> $runs Texts and runs of backticks in turn; the opening run stands again later.
	 * @param int          $open Where the opening run is.
	 */
	private static function closing_run( array $runs, int $open ): int {
		$at = $open + 2;
		while ( $runs[ $at ] !== $runs[ $open ] ) {
			$at += 2;
		}

		return $at;
	}

	/**
	 * Takes HTML out of a text without code.
	 *
	 * @param string $text The text.
	 */
	private function strip( string $text ): string {
		$text = $this->replace( self::AUTOLINK, '$1', $text );
		for ( $pass = 0; $pass < self::PASSES; ++$pass ) {
			// What is taken out may have parted another tag: "<scr<b>ipt>".
			$text = $this->replace( self::TAG, '', $text );
		}

		return $this->replace( self::TAG_OPEN, '< ', $text );
	}

	/**
	 * Replaces by pattern. A text on which the pattern gives up loses every "<" instead.
	 *
	 * @param string $pattern The pattern.
	 * @param string $by      The replacement.
	 * @param string $text    The text.
	 */
	private function replace( string $pattern, string $by, string $text ): string {
		return preg_replace( $pattern, $by, $text ) ?? str_replace( '<', '', $text );
	}
}
