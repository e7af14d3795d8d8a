<?php
/**
 * The details of one job, as prepared by JobsPage::render_details().
 *
 * @package Platen
 *
 * @var \Platen\WordPress\Jobs\Job       $job
 * @var \Platen\WordPress\Admin\Timeline $timeline
 * @var array<string, string>            $facts
 */

declare(strict_types=1);

use Platen\WordPress\Admin\JobActions;
use Platen\WordPress\Admin\JobColumns;
use Platen\WordPress\Admin\JobNotice;
use Platen\WordPress\Admin\JobsPage;

defined( 'ABSPATH' ) || exit;
?>
<div class="wrap platen">
	<p><a href="<?php echo esc_url( JobsPage::url() ); ?>"><?php esc_html_e( '← All jobs', 'platen' ); ?></a></p>
	<div class="platen-details__head">
		<h1><?php esc_html_e( 'Job', 'platen' ); ?></h1>
		<?php
		echo JobColumns::badge( $job ); // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- Escaped where it is made.
		foreach ( JobActions::forms( $job, 'button button-primary' ) as $platen_form ) {
			echo $platen_form; // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped -- Escaped where it is made.
		}
		?>
	</div>
	<hr class="wp-header-end">
	<?php JobNotice::print_current(); ?>

	<?php if ( null !== $job->fault ) : ?>
		<div class="platen-fault" role="alert">
			<strong><?php echo esc_html( $job->fault->code ); ?></strong>
			<br><?php echo esc_html( $job->fault->message ); ?>
		</div>
	<?php endif; ?>

	<div class="platen-columns">
		<section class="platen-card" aria-labelledby="platen-facts-title">
			<h2 id="platen-facts-title"><?php esc_html_e( 'Facts', 'platen' ); ?></h2>
			<dl class="platen-facts">
				<?php foreach ( $facts as $platen_label => $platen_value ) : ?>
					<dt><?php echo esc_html( $platen_label ); ?></dt>
					<dd><?php echo esc_html( $platen_value ); ?></dd>
				<?php endforeach; ?>
			</dl>
			<p class="platen-muted"><?php esc_html_e( 'Question and answer belong to the person who asked and are not shown here.', 'platen' ); ?></p>
		</section>

		<section class="platen-card" aria-labelledby="platen-timeline-title">
			<h2 id="platen-timeline-title"><?php esc_html_e( 'Timeline', 'platen' ); ?></h2>
			<?php
			if ( $timeline->has_gap() ) {
				wp_admin_notice(
					esc_html( $timeline->gap() ),
					array(
						'type'               => 'warning',
						'additional_classes' => array( 'inline' ),
					)
				);
			}
			?>
			<ol class="platen-timeline">
				<?php foreach ( $timeline->entries() as $platen_hop ) : ?>
					<li<?php echo $platen_hop['is_bad'] ? ' class="platen-hop--bad"' : ''; ?>>
						<time class="platen-timeline__offset" datetime="<?php echo esc_attr( $platen_hop['at']->format( 'Y-m-d\TH:i:s.u\Z' ) ); ?>" title="<?php echo esc_attr( (string) wp_date( 'H:i:s', $platen_hop['at']->getTimestamp() ) ); ?>"><?php echo esc_html( $platen_hop['offset'] ); ?></time>
						<span class="platen-timeline__name"><?php echo esc_html( $platen_hop['label'] ); ?></span>
						<?php if ( '' !== $platen_hop['detail'] ) : ?>
							<span class="platen-timeline__detail"><?php echo esc_html( $platen_hop['detail'] ); ?></span>
						<?php endif; ?>
					</li>
				<?php endforeach; ?>
			</ol>
		</section>
	</div>
</div>
