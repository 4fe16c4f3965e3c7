"""The report as one HTML file that fetches nothing: page, parts, style and script."""
