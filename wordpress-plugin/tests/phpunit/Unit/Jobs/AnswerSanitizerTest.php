<?php

declare(strict_types=1);

namespace Platen\WordPress\Tests\Unit\Jobs;

use PHPUnit\Framework\TestCase;
use Platen\WordPress\Jobs\AnswerSanitizer;

final class AnswerSanitizerTest extends TestCase {

	/** @dataProvider texts */
	public function test_an_answer_is_cleaned( string $markdown, string $expected ): void {
		self::assertSame( $expected, ( new AnswerSanitizer() )->sanitize( $markdown ) );
	}

	public static function texts(): array {
		return array(
			'plain text stays'               => array( "# Title\n\n* one\n* **two** & \"three\"", "# Title\n\n* one\n* **two** & \"three\"" ),
			'a tag goes'                     => array( 'a <b>bold</b> word', 'a bold word' ),
			'a script becomes harmless text' => array( 'a<script>alert(1)</script >b', 'aalert(1)b' ),
			'a comment goes'                 => array( 'a<!-- x -->b', 'ab' ),
			'parted tags go'                 => array( '<scr<b>ipt>alert(1)</scr</b>ipt>', 'alert(1)' ),
			'an unfinished tag is defused'   => array( 'a <img src=x onerror=alert(1) ', 'a < img src=x onerror=alert(1) ' ),
			'mathematics stays'              => array( 'if 1 < 2 and 3 > 2', 'if 1 < 2 and 3 > 2' ),
			'a link in angles stays a link'  => array( 'see <https://example.com/a?b=c>', 'see https://example.com/a?b=c' ),
			'a code span keeps its tag'      => array( 'use `<br>` or ``a ` <hr>``, not <br>', 'use `<br>` or ``a ` <hr>``, not ' ),
			'an open span is no span'        => array( 'a ` <b>x</b>', 'a ` x' ),
			'a tag around a span is defused' => array( '<img alt="`" onerror="alert(1)">`x', '< img alt="`" onerror="alert(1)">`x' ),
			'a fence keeps its tags'         => array( "<i>x</i>\n```html\n<script>1</script>\n```\n<i>y</i>", "x\n```html\n<script>1</script>\n```\ny" ),
			'a tilde fence too'              => array( "~~~\n<b>\n```\n<b>\n~~~\n<b>", "~~~\n<b>\n```\n<b>\n~~~\n" ),
			'an open fence goes to the end'  => array( "```\n<b>\nx", "```\n<b>\nx" ),
			'a longer fence holds a shorter' => array( "````\n```\n<b>\n````\n<b>", "````\n```\n<b>\n````\n" ),
			'control characters go'          => array( "a\x00\x08\x1b[31mb\tc\r\nd\re", "a[31mb\tc\nd\ne" ),
			'direction overrides go'         => array( "abc\u{202E}def", 'abcdef' ),
			'bad bytes are marked'           => array( "a\xff\xc3(b", "a\u{FFFD}\u{FFFD}(b" ),
			'an empty text stays'            => array( '', '' ),
		);
	}

	public function test_cleaning_twice_changes_nothing_more(): void {
		$sanitizer = new AnswerSanitizer();
		foreach ( self::texts() as $name => [ $markdown ] ) {
			$once = $sanitizer->sanitize( $markdown );

			self::assertSame( $once, $sanitizer->sanitize( $once ), $name );
		}
	}

	public function test_no_hostile_text_keeps_a_tag_outside_code(): void {
		$sanitizer = new AnswerSanitizer();
		mt_srand( 20261120 );
		$pieces = array( '<', '>', 'script', '/', '!--', '-->', 'b', ' ', '"', "\n", 'img onerror=', '</', 'svg/onload' );
		for ( $round = 0; $round < 2000; ++$round ) {
			$text = '';
			for ( $length = mt_rand( 1, 14 ); $length > 0; --$length ) {
				$text .= $pieces[ array_rand( $pieces ) ];
			}

			self::assertDoesNotMatchRegularExpression( '~<[a-z/!?]~i', $sanitizer->sanitize( $text ), $text );
		}
	}

	/** @dataProvider hostile_texts */
	public function test_the_longest_hostile_answer_is_cleaned_in_time( string $text ): void {
		$begun = self::processor_seconds();

		$clean = ( new AnswerSanitizer() )->sanitize( $text );

		// Not assertStringNotContainsString: its failure would print a megabyte.
		self::assertFalse( str_contains( $clean, '<a' ) );
		self::assertLessThan( 2.0, self::processor_seconds() - $begun );
	}

	/** What this process has worked: a busy machine makes a text slower, but not more work. */
	private static function processor_seconds(): float {
		$usage = (array) getrusage();

		return $usage['ru_utime.tv_sec'] + $usage['ru_utime.tv_usec'] / 1e6;
	}

	public static function hostile_texts(): array {
		$open_spans = implode( ' ', array_map( static fn ( int $length ): string => str_repeat( '`', $length ), range( 2, 1000 ) ) );

		return array(
			'open tags'      => array( str_repeat( '<a ', 350_000 ) ),
			'nested tags'    => array( str_repeat( '<a', 250_000 ) . str_repeat( '>', 250_000 ) ),
			'open spans'     => array( '<a ' . $open_spans . str_repeat( ' ` `', 120_000 ) ),
			'many fences'    => array( str_repeat( "```\n```\n<a>\n", 80_000 ) ),
			'open autolinks' => array( str_repeat( '<http://', 125_000 ) ),
		);
	}
}
