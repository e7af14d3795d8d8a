<?php
/**
 * Why a job has no answer.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Jobs;

/**
 * The stable code of a dead job, with a sentence for operators.
 *
 * @since 0.1.0
 */
final class JobFault {

	/**
	 * Takes code and sentence.
	 *
	 * @param string $code    See `src/core/src/code.rs`.
	 * @param string $message For operators; holds no key, prompt or answer.
	 */
	public function __construct( public readonly string $code, public readonly string $message ) {
	}
}
