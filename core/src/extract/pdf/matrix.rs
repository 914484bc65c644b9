//! Transformations of the plane, as PDF writes them: `[a b c d e f]`.

/// From one space to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Matrix(pub(super) [f64; 6]);

impl Matrix {
    pub(super) const ONE: Matrix = Matrix([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// This one, then `next`.
    pub(super) fn then(self, next: Matrix) -> Matrix {
        let ([a, b, c, d, e, f], [p, q, r, s, t, u]) = (self.0, next.0);
        let point = |x: f64, y: f64| (x * p + y * r, x * q + y * s);
        let ((a, b), (c, d), (e, f)) = (point(a, b), point(c, d), point(e, f));
        Matrix([a, b, c, d, e + t, f + u])
    }

    pub(super) fn point(self, x: f64, y: f64) -> (f64, f64) {
        let (along, across) = self.vector(x, y);
        (along + self.0[4], across + self.0[5])
    }

    /// A direction, which is not moved.
    pub(super) fn vector(self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, ..] = self.0;
        (x * a + y * c, x * b + y * d)
    }

    /// Area of the unit square.
    pub(super) fn area(self) -> f64 {
        let [a, b, c, d, ..] = self.0;
        (a * d - b * c).abs()
    }
}
